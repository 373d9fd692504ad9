import { runProgram } from './program';
import { ExitCode } from './shared/output/exit-code';
import { stopAll } from './shared/stop';

const SIGNAL_EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
/** As a shell reports a program whose reader has gone, such as `head`. */
const BROKEN_PIPE = 141;
const PARENT_CHECK_MS = 500;

/** Cleans up when a user or a supervisor ends the command. */
function stopOnSignals(): void {
  const stop = async (code: number): Promise<void> => {
    await stopAll();
    const { EmbeddedServer } = require('./embedded/server') as typeof import('./embedded/server');
    await EmbeddedServer.stopAll();
    process.exit(code);
  };
  for (const [signal, code] of Object.entries(SIGNAL_EXIT_CODES)) process.once(signal, () => void stop(code));
  // Everything that is written until then fails too.
  process.stderr.on('error', () => void stop(BROKEN_PIPE));
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return void stop(BROKEN_PIPE);
    const { systemFailure } = require('./shared/system-failure') as typeof import('./shared/system-failure');
    const message = systemFailure(error)?.message.replace(/^error/, 'standard output') ?? error.message;
    process.stderr.write(`${message}\n`);
    void stop(ExitCode.failure);
  });
  if (process.env.npm_lifecycle_event === undefined) return;
  // npm does not pass SIGKILL on: a command that it started stops when npm has ended.
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && void stop(ExitCode.failure), PARENT_CHECK_MS).unref();
}

stopOnSignals();
void runProgram(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
