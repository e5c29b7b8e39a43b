"""Programs that run inside environments, and how to find an interpreter for them. Imports nothing else of lambdatui."""
