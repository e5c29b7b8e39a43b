// Streams its response: the first words are on their way while the last ones are not written yet.

import { setTimeout as pause } from 'node:timers/promises';

const STORY = 'Once upon a time there was a function. It slept most of its life, and woke in milliseconds.';
const PAUSE_MS = Number(process.env.PAUSE_MS ?? 50);

export const handler = awslambda.streamifyResponse(async (event, responseStream, context) => {
  const http = { statusCode: 200, headers: { 'content-type': 'text/plain; charset=utf-8' } };
  const out = awslambda.HttpResponseStream.from(responseStream, http);
  for (const [index, word] of STORY.split(' ').entries()) {
    out.write(index === 0 ? word : ` ${word}`);
    // `{"breakOffAfter": 3}` shows an error half-way: the caller keeps the words, and learns of the error at the end.
    if (event.breakOffAfter === index + 1) throw new Error(`lost the thread after ${index + 1} words`);
    await pause(PAUSE_MS);
  }
  console.log('told in %d ms', 10_000 - context.getRemainingTimeInMillis());
  out.end('\n');
});
