"""Every kind of record there is, by its name on the wire."""

from collections.abc import Mapping

from lambdatui.model import records

RECORDS: tuple[type[records.Record], ...] = (
    records.InitStart,
    records.InitRuntimeDone,
    records.InitReport,
    records.InvokeStart,
    records.RuntimeDone,
    records.Report,
    records.PlatformFault,
    records.RestoreStart,
    records.RestoreRuntimeDone,
    records.RestoreReport,
    records.PlatformExtension,
    records.TelemetrySubscription,
    records.LogsSubscription,
    records.LogsDropped,
    records.FunctionLog,
    records.ExtensionLog,
    records.EnvironmentCreated,
    records.EnvironmentPhase,
    records.EnvironmentFrozen,
    records.EnvironmentThawed,
    records.EnvironmentOrdered,
    records.RuntimeMisbehaved,
    records.InvokeAccepted,
    records.InvokeAnswered,
    records.InvokeThrottled,
    records.ProvisionedConcurrency,
    records.QueueMoved,
    records.CodeChanged,
    records.CodeReady,
    records.CodeHashed,
    records.CodeBroken,
    records.ScratchChanged,
    records.TraceSegment,
    records.TraceErrorCause,
    records.EngineStarted,
    records.ProjectLoaded,
    records.EventsDropped,
    records.HistoryTrouble,
)

BY_TYPE: Mapping[str, type[records.Record]] = {record.TYPE: record for record in RECORDS}
