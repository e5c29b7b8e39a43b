"""GET /orders lists the orders, POST /orders creates one (HTTP API, payload 2.0).

Orders live in a module-level list: they last as long as this execution environment, and are gone after a cold start.
"""

import json
import logging
import os

logger = logging.getLogger()
logger.setLevel(os.environ.get("LOG_LEVEL", "INFO"))

orders = [{"orderId": "o-1", "item": "tea towel", "quantity": 1}]
invocations = 0

print(f"init: stage {os.environ.get('STAGE', 'dev')}, {len(orders)} order in stock")


class BadRequest(Exception):
    """The request cannot become an order; the text says why."""


def lambda_handler(event, context):
    global invocations
    invocations += 1
    http = event["requestContext"]["http"]
    print(f"{http['method']} {http['path']} (invocation {invocations} of this environment)")

    if http["method"] == "POST":
        try:
            order = create(event.get("body"))
        except BadRequest as problem:
            logger.warning("refused: %s", problem)
            return answer(400, {"message": str(problem)})
        logger.info("created %s", order["orderId"])
        return answer(201, order, location=f"{http['path']}/{order['orderId']}")

    return answer(200, {"orders": orders})


def create(body):
    try:
        wanted = json.loads(body or "")
    except ValueError:
        raise BadRequest("the body is not JSON") from None
    if not isinstance(wanted, dict) or not isinstance(wanted.get("item"), str):
        raise BadRequest("'item' must be a text")
    quantity = wanted.get("quantity", 1)
    if type(quantity) is not int or quantity < 1:
        raise BadRequest("'quantity' must be a whole number from 1")
    order = {"orderId": f"o-{len(orders) + 1}", "item": wanted["item"], "quantity": quantity}
    orders.append(order)
    return order


def answer(status, document, **headers):
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json", "x-start": "cold" if invocations == 1 else "warm", **headers},
        "body": json.dumps(document),
    }
