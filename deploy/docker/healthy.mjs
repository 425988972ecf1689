// The image's health check: every service that this container runs is ready. Exit 1 names the first that is not.
const ports = {
  gateway: 8080,
  intake: 8081,
  'student-voice': 8082,
  'family-council': 8083,
  casework: 8084,
  roster: 8085,
  reporting: 8086,
  devtools: 8090,
};
const asked = process.env.HEARBACK_SERVICES || 'all';
const names = asked === 'all' ? Object.keys(ports) : asked.split(',').map((name) => name.trim());
for (const name of names) {
  const variable = name === 'devtools' ? 'ISSUER' : name.replace('-', '_').toUpperCase();
  const port = process.env[`HEARBACK_PORT_${variable}`] ?? ports[name];
  const path = name === 'devtools' ? '/.well-known/openid-configuration' : '/health/ready';
  const answer = await fetch(`http://127.0.0.1:${port}${path}`).catch((error) => ({
    ok: false,
    status: error.message,
  }));
  if (!answer.ok) {
    console.error(`${name} is not ready: ${answer.status}`);
    process.exit(1);
  }
}
