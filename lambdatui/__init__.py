"""lambdatui: the AWS Lambda service on your own machine, with the lid off."""

__version__ = "0.1.0"
