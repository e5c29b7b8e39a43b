// Starts AWS's client of the callback generation, given by its path, as its managed runtimes do.

const { run } = await import(process.argv[2]);
await run(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER);
