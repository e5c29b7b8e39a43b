"""The names that function resources have in templates, after the SAM and CloudFormation references."""

FUNCTION_TYPES = frozenset({"AWS::Serverless::Function", "AWS::Lambda::Function"})
NESTED_TYPES = frozenset({"AWS::Serverless::Application", "AWS::CloudFormation::Stack"})

FIELDS = {
    "FunctionName": "name",
    "Handler": "handler",
    "Runtime": "runtime",
    "CodeUri": "code_path",
    "InlineCode": "code_path",
    "ImageUri": "image",
    "Code": "code_path",
    "PackageType": "package_type",
    "Description": "description",
    "Timeout": "timeout_s",
    "MemorySize": "memory_mb",
    "Architectures": "architectures",
    "ReservedConcurrentExecutions": "reserved_concurrency",
    "Tracing": "tracing",
    "AutoPublishAlias": "auto_publish_alias",
}
"""Template property to the setting it decides. ``image`` and ``package_type`` only say that there is no zip code, and
``auto_publish_alias`` that provisioned concurrency is possible.
"""

MEMBERS = {
    "EphemeralStorage": {"Size": "ephemeral_storage_mb"},
    "LoggingConfig": {
        "LogFormat": "log_format",
        "ApplicationLogLevel": "application_log_level",
        "SystemLogLevel": "system_log_level",
        "LogGroup": "log_group",
    },
    "ProvisionedConcurrencyConfig": {"ProvisionedConcurrentExecutions": "provisioned_concurrency"},
    "SnapStart": {"ApplyOn": "snap_start"},
    "TracingConfig": {"Mode": "tracing"},
}
"""Template properties that are tables, and the settings that their members decide."""

LAYER_TYPES = frozenset({"AWS::Serverless::LayerVersion", "AWS::Lambda::LayerVersion"})

_SHARED = frozenset(
    [
        "Architectures",
        "CapacityProviderConfig",
        "CodeSigningConfigArn",
        "Description",
        "DurableConfig",
        "Environment",
        "EphemeralStorage",
        "FileSystemConfigs",
        "FunctionName",
        "FunctionScalingConfig",
        "Handler",
        "ImageConfig",
        "KmsKeyArn",
        "Layers",
        "LoggingConfig",
        "MemorySize",
        "PackageType",
        "PublishToLatestPublished",
        "RecursiveLoop",
        "ReservedConcurrentExecutions",
        "Role",
        "Runtime",
        "RuntimeManagementConfig",
        "SnapStart",
        "Tags",
        "TenancyConfig",
        "Timeout",
        "VpcConfig",
    ]
)

LAMBDA_PROPERTIES = _SHARED | {"Code", "DeadLetterConfig", "TracingConfig"}

SAM_PROPERTIES = _SHARED | frozenset(
    [
        "AssumeRolePolicyDocument",
        "AutoPublishAlias",
        "AutoPublishAliasAllProperties",
        "AutoPublishCodeSha256",
        "CodeUri",
        "DeadLetterQueue",
        "DeploymentPreference",
        "EventInvokeConfig",
        "Events",
        "FunctionUrlConfig",
        "ImageUri",
        "InlineCode",
        "PermissionsBoundary",
        "Policies",
        "PropagateTags",
        "ProvisionedConcurrencyConfig",
        "RolePath",
        "SourceKMSKeyArn",
        "Tracing",
        "VersionDeletionPolicy",
        "VersionDescription",
    ]
)
