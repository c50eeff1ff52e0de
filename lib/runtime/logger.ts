import pino, { type Logger as PinoLogger } from 'pino'
import { processSingleton } from './process-singleton'

export type Logger = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error'> & { child(fields: object): Logger }

export interface LoggerOptions {
  readonly level: string
}

/** Names whose values never reach a log line, at any depth that pino reaches. */
const secretPaths = ['password', 'secret', 'token', '*.password', '*.secret', '*.token', 'headers["x-auth-token"]']

/** The process's logger: one JSON object a line on standard output. The first call decides the level. */
export function logger(options: LoggerOptions = { level: 'info' }): Logger {
  return processSingleton('logger', () =>
    pino({
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: secretPaths, censor: '***' },
    }),
  )
}
