// Hearback as the measures need it: all services up, as `npm start` runs them.
import { inputBody, poster } from '../load.mjs';
import { allRouted, now, watchLive } from '../sightings.mjs';
import { services } from '../stack.mjs';

export function hearback(stack) {
  const collection = (service, name) => stack.db(service).collection(name);
  const inputs = () => collection('intake', 'inputs');
  const cases = () => collection('casework', 'cases');
  const rows = () => collection('reporting', 'rows');
  let client;

  const side = {
    name: 'Hearback',
    submit: async (n) => (await client.post(inputBody(n))).inputId,

    start: (service) => stack.start(service),
    async startAll() {
      await stack.schools();
      for (const service of services) await stack.start(service);
      client = poster({ port: stack.port('intake'), path: '/api/intake/inputs', connections: 32 });
    },
    kill: (service) => stack.kill(service),
    hold: (service) => stack.hold(service),
    release: (service) => stack.release(service),

    /** The report counts an input as routed two hops after its 201: the same hop as the usual stack's row. */
    watch: () => watchLive(stack, 'routed in the ledger'),
    before: () => now(stack),
    allShown: async (before, many) => (await allRouted(stack, before, many)).last,

    counts: async () => ({
      stored: await inputs().estimatedDocumentCount(),
      cases: await cases().estimatedDocumentCount(),
      shown: await rows().estimatedDocumentCount(),
      published: await stack.written('intake'),
      routed: await stack.written('casework'),
      unread: await stack.behind('reporting'),
    }),
    /** Of these inputs, those that have no case, or that the ledger does not show as routed. */
    async unrouted(ids) {
      const withCase = new Set(await cases().distinct('index.inputs'));
      const found = await rows()
        .find({ 'state.facts.type': 'case.routed' }, { projection: { id: 1 } })
        .toArray();
      const routed = new Set(found.map(({ id }) => id));
      return ids.filter((id) => !withCase.has(id) || !routed.has(id)).length;
    },
    storedIds: async () =>
      (
        await inputs()
          .find({}, { projection: { id: 1 } })
          .toArray()
      ).map(({ id }) => id),
    /** Cases, rows and counts in the report beyond one for each input. */
    async doubled() {
      const stored = await inputs().countDocuments();
      const links = await cases()
        .aggregate([
          { $project: { inputs: { $size: '$index.inputs' } } },
          { $group: { _id: null, sum: { $sum: '$inputs' } } },
        ])
        .toArray();
      const counted = await inTheReport();
      return Math.max(
        (links[0]?.sum ?? 0) - stored,
        (await rows().countDocuments()) - stored,
        counted - stored,
      );
    },
    /** An event that cannot be handled: it names an organisation that nobody knows. */
    async poison() {
      const { events } = await inputs().findOne({});
      const { inputId: _, ...data } = events[0].data;
      const inputId = crypto.randomUUID();
      await stack.topics.publish('intake', 'moon', {
        type: 'input.raised',
        ...data,
        inputId,
        orgId: '00417-nowhere',
      });
    },
    async malformed() {
      const id = crypto.randomUUID();
      await stack.topics.publishRaw('intake', id, '{"id": not json', {
        ce_id: `intake/moon/${id}/1`,
        ce_type: 'hearback.input.raised.v1',
        ce_district: 'moon',
        ce_publisher: 'intake',
        ce_key: id,
        ce_seq: '1',
        ce_time: new Date().toISOString(),
      });
    },

    async close() {
      client.close();
      for (const service of services) if (stack.running.has(service)) await stack.stop(service);
    },
  };

  /** How many loops the closed-loop report of the whole district counts, once it has counted what is dirty. */
  async function inTheReport() {
    await stack.rest('reporting', 'rows');
    const token = await stack.issuer.token({ roles: ['leader'], orgs: ['00417'] });
    const today = Date.now();
    const day = (offset) => new Date(today + offset * 24 * 3_600_000).toISOString().slice(0, 10);
    const response = await fetch(
      `http://127.0.0.1:${stack.port('reporting')}/api/reporting/closed-loop?org=00417&from=${day(-2)}&to=${day(2)}`,
      { headers: { authorization: `Bearer ${token}` } },
    );
    const report = await response.json();
    if (!response.ok) throw new Error(`the report answered ${response.status}: ${JSON.stringify(report)}`);
    return report.total?.counts?.raised ?? report.counts.raised;
  }

  return side;
}
