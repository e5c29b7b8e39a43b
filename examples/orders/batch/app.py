"""Packs the orders of a queue (SQS events). A record that cannot be read is poison: it fails the whole batch.

The batch then comes back to the queue whole, so the orders before the poison are packed twice. To send back only the
record that failed, return {"batchItemFailures": [...]} and set ReportBatchItemFailures on the event source.
"""

import json
import logging
import os

logger = logging.getLogger()
logger.setLevel(os.environ.get("LOG_LEVEL", "INFO"))

WAREHOUSE = os.environ.get("WAREHOUSE", "warehouse")


class PoisonRecord(Exception):
    """A record that no retry will make readable."""


def lambda_handler(event, context):
    packed = [pack(record) for record in event["Records"]]
    return {"packed": packed}


def pack(record):
    try:
        order = json.loads(record["body"])
        order_id, item, quantity = order["orderId"], order["item"], int(order["quantity"])
    except (ValueError, KeyError, TypeError) as problem:
        logger.error("record %s: %s", record["messageId"], problem)
        raise PoisonRecord(f"record {record['messageId']} is not an order: {record['body']!r}") from problem
    logger.info("packed %s: %d x %s at %s", order_id, quantity, item, WAREHOUSE)
    return order_id
