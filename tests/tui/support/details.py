"""One environment as an engine would tell of it: in the middle of an invoke, with an extension and a child process."""

from dataclasses import replace

from lambdatui.model.capability import Capability, CapabilityReport, Enforcement
from lambdatui.model.environment_detail import (
    ArmedTimer,
    Descriptor,
    EnvironmentDetail,
    EnvironmentVariable,
    ExtensionLine,
    Mount,
    ProcessFacts,
    StateSpan,
    StepText,
)
from lambdatui.model.ids import EnvironmentId
from lambdatui.model.machine_picture import ExtensionPicture, MachinePicture
from lambdatui.model.orders import Order
from lambdatui.model.phase import Phase
from tests.tui.support import pictures
from tests.tui.support.fake_client import NOW_S

_MACHINE = MachinePicture(
    phase=Phase.INVOKE,
    stage="the handler has the event",
    runtime="Running",
    generation=2,
    dropped_inputs=1,
    request_id=pictures.request(9),
    invoke_s=0.412,
    extensions=(
        ExtensionPicture(
            name="listener",
            external=True,
            state="Running",
            events=("INVOKE", "SHUTDOWN"),
            subscribed_by="telemetry",
        ),
        ExtensionPicture(name="broken", external=True, state="InitError", alive=False, error_type="Listener.NoConfig"),
    ),
    refusals={order.value: "" for order in Order} | {Order.THAW.value: "it is not frozen"},
)
_STEPS = (
    StepText(time_s=NOW_S - 2.0, happened="SandboxReady", commands=("Publish environment.phase init", "SpawnRuntime")),
    StepText(time_s=NOW_S - 1.9, happened="RuntimeCalledNext", commands=("Freeze", "AnnounceIdle")),
    StepText(
        time_s=NOW_S - 0.412,
        happened="InvokeAssigned 7f3c0001, 27 bytes",
        commands=("Thaw", "Publish environment.phase invoke", "AnswerNext 7f3c0001", "ArmTimer invoke, in 3.000 s"),
    ),
)


def _process(pid: int, parent_pid: int, role: str, command: str) -> ProcessFacts:
    return ProcessFacts(
        pid=pid, parent_pid=parent_pid, pid_inside=pid - 48211, role=role, command=command, state="sleeps", threads=1,
        memory_kb=14_336, peak_kb=15_360, cpu_s=0.25, descriptors=6,
    )  # fmt: skip


DETAIL = EnvironmentDetail(
    id=EnvironmentId("e1a"),
    function=pictures.API,
    version="$LATEST",
    revision=3,
    log_stream="2026/02/02/[$LATEST]0123456789abcdef",
    as_of_s=NOW_S,
    machine=_MACHINE,
    timers=(ArmedTimer(name="invoke", remaining_s=2.588),),
    inputs=128,
    steps=_STEPS,
    extension_lines=(
        ExtensionLine(
            name="listener",
            spans=(
                StateSpan(state="Started", start_s=NOW_S - 2.0, end_s=NOW_S - 1.95),
                StateSpan(state="Ready", start_s=NOW_S - 1.95, end_s=NOW_S - 0.412),
                StateSpan(state="Running", start_s=NOW_S - 0.412),
            ),
        ),
    ),
    memory_mb=128,
    memory_used_mb=31,
    processes=(
        _process(48212, 48200, "init", "/usr/bin/python3.11 -I /x/runtimes/python/zygote.py 14"),
        _process(48213, 48212, "runtime", "/usr/bin/python3.11 -I /x/runtimes/python/zygote.py 14"),
        _process(48220, 48213, "", "sleep 1000"),
    ),
    descriptors=(Descriptor(number=0, target="/dev/null"), Descriptor(number=5, target="socket:[1]")),
    variables=(
        EnvironmentVariable(name="AWS_REGION", value="us-east-1"),
        EnvironmentVariable(name="DB_PASSWORD", value="********", hidden=True, of_function=True),
        EnvironmentVariable(name="STAGE", value="dev", of_function=True),
    ),
    mounts=(
        Mount(path="/etc", source="/etc", kind="ext4", read_only=True),
        Mount(path="/tmp", source="lambdatui", kind="tmpfs", read_only=False, options="size=524288k"),
        Mount(path="/var/task", source="/home/ada/src/acme-orders/api", kind="ext4", read_only=True),
    ),
    capabilities=(CapabilityReport(capability=Capability.FREEZE, enforcement=Enforcement.ENFORCED, how="cgroup v2"),),
)
FROZEN = replace(
    DETAIL,
    machine=replace(
        _MACHINE,
        frozen_s=2.0,
        refusals={order.value: "" for order in Order} | {Order.FREEZE.value: "it is frozen already"},
    ),
)
