"""The part of the control API that is about one environment: looking into it, ordering it about, ending it."""

from collections.abc import Iterable

from lambdatui.api.answers import JSON, answer_body, answer_json, spawn_answer
from lambdatui.api.control import BYTES, PREFIX
from lambdatui.api.errors import control_not_found, invalid_parameter, order_refused
from lambdatui.api.lookup import query_values
from lambdatui.api.ports import Service
from lambdatui.api.routes import Handler, Parameters
from lambdatui.model.environment_detail import EnvironmentDetail
from lambdatui.model.orders import Order
from lambdatui.net.request import Request
from lambdatui.service.looking import look_at, retold_as_test
from lambdatui.telemetry.json_codec import encoder

PYTHON = "text/x-python; charset=utf-8"
_encode = encoder(EnvironmentDetail)


class EnvironmentsApi:
    """The environments' routes of one engine. An order that makes no sense now is 409, with why in its message."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def routes(self) -> Iterable[tuple[str, str, Handler]]:
        one = f"{PREFIX}/environments/{{id}}"
        return (
            ("GET", one, self.detail),
            ("GET", f"{one}/scratch", self.scratch),
            ("GET", f"{one}/test", self.test),
            ("POST", f"{one}/orders/{{order}}", self.order),
            ("DELETE", one, self.kill),
        )

    def detail(self, request: Request, parameters: Parameters) -> None:
        """With ``?reveal`` also the values of secrets."""
        reveal = "reveal" in query_values(request.query)
        work = self._answer_detail(request, parameters["id"], reveal=reveal)
        spawn_answer(self._service, f"environment:{parameters['id']}", request, work)

    async def _answer_detail(self, request: Request, environment_id: str, *, reveal: bool) -> None:
        try:
            found = await look_at(self._service, environment_id, reveal=reveal)
        except KeyError:
            raise _no_environment(environment_id) from None
        answer_body(request, _encode(found).encode(), JSON)

    def test(self, request: Request, parameters: Parameters) -> None:
        """What its machine was told last, as a Python test."""
        try:
            text = retold_as_test(self._service, parameters["id"])
        except KeyError:
            raise _no_environment(parameters["id"]) from None
        answer_body(request, text.encode(), PYTHON)

    def order(self, request: Request, parameters: Parameters) -> None:
        try:
            order = Order(parameters["order"])
        except ValueError:
            raise invalid_parameter(f"An order is one of {', '.join(Order)}, not '{parameters['order']}'.") from None
        try:
            why = self._service.driver(parameters["id"]).order(order)
        except KeyError:
            raise _no_environment(parameters["id"]) from None
        if why is not None:
            raise order_refused(f"environment {parameters['id']} cannot {order} now: {why}")
        answer_json(request, {"environment": parameters["id"], "ordered": order})

    def scratch(self, request: Request, parameters: Parameters) -> None:
        path = query_values(request.query).get("path")
        if not path:
            raise invalid_parameter("Name the file: ?path=… relative to the environment's /tmp.")
        work = self._answer_scratch(request, parameters["id"], path)
        spawn_answer(self._service, f"scratch:{parameters['id']}", request, work)

    async def _answer_scratch(self, request: Request, environment_id: str, path: str) -> None:
        try:
            content = await self._service.read_scratch(environment_id, path)
        except KeyError:
            raise _no_environment(environment_id) from None
        except OSError:
            raise control_not_found(
                f"There is no file '{path}' in the /tmp of environment '{environment_id}'."
            ) from None
        answer_body(request, content, BYTES)

    def kill(self, request: Request, parameters: Parameters) -> None:
        """Whatever it does: the order ``destroy``, which is never refused while it lives."""
        try:
            self._service.kill_environment(parameters["id"])
        except KeyError:
            raise _no_environment(parameters["id"]) from None
        request.respond(204)


def _no_environment(environment_id: str) -> Exception:
    return control_not_found(f"There is no environment '{environment_id}'; it may have ended meanwhile.")
