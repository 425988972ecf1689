// The steps that the three walks share: waiting for a state, trying again, and what a team does.
import { randomUUID } from 'node:crypto';
import { call, Refused, until } from './api.mjs';
import { mintToken } from './token.mjs';

export const bearer = async (request) => `Bearer ${await mintToken(request)}`;

/** How far a loop has come; a later state shows that an earlier one was passed, however short. */
const ORDER = ['raised', 'routed', 'acknowledged', 'answered', 'delivered', 'confirmed'];
export const reached = (state, wanted) => ORDER.indexOf(state) >= ORDER.indexOf(wanted);

/** Waits until the origin itself shows the state: `look` gives what the originator (or their group) sees. */
export async function arrive(walk, wanted, look) {
  walk.at = wanted;
  return until(`the state ${wanted}`, async (seen) => {
    const view = await look();
    seen.last = view?.state ?? 'no such input yet';
    return reached(view?.state, wanted) ? view : undefined;
  });
}

/** Tries a step; where it was done already (an answer of the first try that got lost), goes on. */
export async function step(method, path, options, isDone) {
  try {
    return await call(method, path, { key: randomUUID(), ...options });
  } catch (error) {
    if (error instanceof Refused && error.status === 409 && (await isDone())) return undefined;
    throw error;
  }
}

/**
 * What the responsible team does with any input, whichever origin it came through: it finds the case in its
 * queue, takes it on and answers. `open` is how the answer is delivered: by reading it (the default), by a call
 * of its own, or ('reported back') not here. Gives what the origin shows afterwards.
 */
export async function teamAnswers(walk, look, expected, answer, open = look) {
  const routed = await arrive(walk, 'routed', look);
  const team = routed.team?.teamId ?? expected.teamId;
  walk.hop('routed', 'casework', `gave it to the team ${team}, and the originator was told`, routed.state);

  const auth = await bearer({ as: 'member', team });
  walk.at = 'acknowledged';
  const { caseId } = await until(`the case in the queue of ${team}`, async (seen) => {
    const { body } = await call('GET', `/api/casework/cases?inputId=${walk.inputId}`, { auth });
    seen.last = `${body.items.length} cases`;
    if (body.items.length > 1) throw new Error(`there are ${body.items.length} cases of one input`);
    return body.items[0];
  });
  const path = `/api/casework/cases/${caseId}`;
  const state = async () => (await look())?.state;
  await step('POST', `${path}/acknowledge`, { auth, body: {} }, async () =>
    reached(await state(), 'acknowledged'),
  );
  const taken = await arrive(walk, 'acknowledged', look);
  walk.hop('acknowledged', `a member of ${team}`, 'took it on', taken.state);

  walk.at = 'answered';
  await give(walk, auth, path, answer, look);
  const shown = await until('the answer at the origin', async (seen) => {
    const view = await look();
    seen.last = view?.state;
    return (view?.answers?.length ?? 0) > 0 ? view : undefined;
  });
  if (shown.answers.length > 1)
    throw new Error(`the originator sees ${shown.answers.length} answers instead of one`);
  walk.hop('answered', `a member of ${team}`, `answered: ${answer.text}`, 'answered');
  if (open === 'reported back') return shown;
  if (open !== look) await open();
  return arrive(walk, 'delivered', look);
}

/** Answers the case as it was last read. Changed meanwhile (412): read again, and answer unless that was our own. */
async function give(walk, auth, path, answer, look) {
  const key = randomUUID();
  await until('the answer to be taken', async (seen) => {
    const { etag } = await call('GET', path, { auth });
    try {
      await call('POST', `${path}/answer`, { auth, body: answer, key, ifMatch: etag });
      return true;
    } catch (error) {
      if (!(error instanceof Refused) || ![409, 412].includes(error.status)) throw error;
      seen.last = error.message;
      const view = await look();
      if ((view?.answers?.length ?? 0) > 0) return true;
      if (error.status === 409 && !/answered/.test(error.message)) throw error;
      return undefined;
    }
  });
}
