"""A stage with extensions: short words for what they do; each has its name as its identifier."""

from dataclasses import dataclass, field

from lambdatui.lifecycle import commands, extension_commands, extension_inputs, inputs
from lambdatui.lifecycle.environment import Environment
from lambdatui.lifecycle.extension_inputs import SubscriptionApi
from lambdatui.lifecycle.reporting import Identity
from lambdatui.lifecycle.timers import Timer
from tests.unit.lifecycle.stage import IDENTITY, Stage

BOTH = ("INVOKE", "SHUTDOWN")


@dataclass
class ExtensionStage(Stage):
    """``external`` are the files in /opt/extensions."""

    external: tuple[str, ...] = ("alpha",)
    tokens_of: dict[str, inputs.Token] = field(default_factory=dict)

    def sandbox_ready(self) -> commands.Effects:
        return self.feed(inputs.SandboxReady(at=self.at, extensions=self.external))

    def registers(self, name: str = "alpha", events: tuple[str, ...] = BOTH) -> commands.Effects:
        return self.feed(
            extension_inputs.ExtensionRegistered(
                at=self.at,
                generation=self.generation,
                token=self.token(),
                name=name,
                extension_id=name,
                events=events,
            )
        )

    def extension_calls_next(self, name: str = "alpha", memory_used_mb: int | None = None) -> commands.Effects:
        self.tokens_of[name] = token = self.token()
        return self.feed(
            extension_inputs.ExtensionCalledNext(
                at=self.at,
                generation=self.generation,
                token=token,
                extension_id=name,
                memory_used_mb=memory_used_mb,
            )
        )

    def extension_hangs_up(self, name: str = "alpha") -> commands.Effects:
        return self.feed(
            extension_inputs.ExtensionHungUp(at=self.at, generation=self.generation, token=self.tokens_of[name])
        )

    def extension_posts_init_error(self, name: str = "alpha", error_type: str = "Alpha.Broken") -> commands.Effects:
        return self.feed(
            extension_inputs.ExtensionPostedInitError(
                at=self.at, generation=self.generation, token=self.token(), extension_id=name, error_type=error_type
            )
        )

    def extension_posts_exit_error(self, name: str = "alpha", error_type: str = "Alpha.Broken") -> commands.Effects:
        return self.feed(
            extension_inputs.ExtensionPostedExitError(
                at=self.at, generation=self.generation, token=self.token(), extension_id=name, error_type=error_type
            )
        )

    def extension_subscribes(
        self,
        name: str = "alpha",
        api: SubscriptionApi = SubscriptionApi.TELEMETRY,
        types: tuple[str, ...] = ("platform",),
    ) -> commands.Effects:
        return self.feed(
            extension_inputs.ExtensionSubscribed(
                at=self.at,
                generation=self.generation,
                token=self.token(),
                extension_id=name,
                api=api,
                types=types,
            )
        )

    def extension_exits(
        self,
        name: str = "alpha",
        exit_code: int | None = 0,
        signal: int | None = None,
        *,
        memory_used_mb: int | None = None,
        out_of_memory: bool = False,
    ) -> commands.Effects:
        return self.feed(
            extension_inputs.ExtensionExited(
                at=self.at,
                generation=self.generation,
                name=name,
                exit_code=exit_code,
                signal=signal,
                memory_used_mb=memory_used_mb,
                out_of_memory=out_of_memory,
            )
        )

    def launch_fails(self, name: str = "alpha", error_type: str = "PermissionDenied") -> commands.Effects:
        return self.feed(
            extension_inputs.ExtensionLaunchFailed(
                at=self.at,
                generation=self.generation,
                name=name,
                error_type=error_type,
                reason="permission denied",
                hint="chmod +x it",
                memory_used_mb=63,
            )
        )

    def ends_init(self, *names: str) -> None:
        """Everybody registers and asks for the first event."""
        for name in self.external:
            self.registers(name)
        self.calls_next()
        for name in (*self.external, *names):
            self.extension_calls_next(name)


def warm_with(*external: str, events: tuple[str, ...] = BOTH, identity: Identity = IDENTITY) -> ExtensionStage:
    """An environment with these external extensions that has finished init and is frozen."""
    stage = ExtensionStage(machine=Environment(identity), external=external or ("alpha",))
    stage.sandbox_ready()
    for name in stage.external:
        stage.registers(name, events)
    stage.at += 0.08
    stage.calls_next()
    for name in stage.external:
        stage.extension_calls_next(name)
    stage.effects.clear()
    return stage


def warm_internal() -> ExtensionStage:
    """An environment with one internal extension, ``inner``, subscribed to INVOKE, that is frozen."""
    stage = ExtensionStage(external=())
    stage.sandbox_ready()
    stage.registers("inner", ("INVOKE",))
    stage.at += 0.08
    stage.calls_next()
    stage.extension_calls_next("inner")
    stage.effects.clear()
    return stage


def refusal(effects: commands.Effects) -> commands.RefuseRequest:
    """The one refusal among the effects."""
    (found,) = [effect for effect in effects if isinstance(effect, commands.RefuseRequest)]
    return found


def shutdown_events(effects: commands.Effects) -> list[extension_commands.SendShutdownEvent]:
    return [effect for effect in effects if isinstance(effect, extension_commands.SendShutdownEvent)]


def armed(effects: commands.Effects) -> dict[Timer, float]:
    """Timers armed by these effects, and when they are due."""
    return {effect.timer: effect.due_at for effect in effects if isinstance(effect, commands.ArmTimer)}
