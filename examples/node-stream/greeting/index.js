// CommonJS, and an ordinary response. The counter lives as long as the environment.

let greeted = 0;

exports.handler = async (event, context) => {
  greeted += 1;
  console.info('greeting', event.name ?? 'nobody in particular');
  return { greeting: `Hello, ${event.name ?? 'world'}!`, greeted, node: process.version, requestId: context.awsRequestId };
};
