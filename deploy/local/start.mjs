// `npm start`. Runs on whatever Node is there, and so looks at its version before it loads anything newer.
const major = Number(process.versions.node.split('.')[0]);
if (major < 20) {
  process.stderr.write(
    `Hearback needs Node 20 or newer, and this is ${process.version}: install Node 20 or newer\n`,
  );
  process.exitCode = 1;
} else if (process.platform === 'win32') {
  process.stderr.write('Hearback runs on Linux and macOS: on Windows, start it inside WSL\n');
  process.exitCode = 1;
} else {
  const { launch } = await import('./launch.mjs');
  await launch(process.argv.slice(2));
}
