import pino, { type DestinationStream, type Logger as PinoLogger, type LoggerOptions as PinoOptions } from 'pino'
import { processSingleton } from './process-singleton'
import { redactUrls } from './redact-urls'

export type Logger = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error'> & { child(fields: object): Logger }

export interface LoggerOptions {
  readonly level: string
}

/** Names whose values never reach a log line, at any depth that pino reaches. */
const secretPaths = ['password', 'secret', 'token', '*.password', '*.secret', '*.token', 'headers["x-auth-token"]']

/** The process's logger: one JSON object a line on standard output. The first call decides the level. */
export function logger(options: LoggerOptions = { level: 'info' }): Logger {
  return processSingleton('logger', () => makeLogger(options, pino.destination(1)))
}

/** A logger whose lines hold no secrets, by the names of fields and in URLs wherever they stand. */
export function makeLogger({ level }: LoggerOptions, destination: DestinationStream): Logger {
  const settings: PinoOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: secretPaths, censor: '***' },
    hooks: { streamWrite: redactUrls },
  }
  return pino(settings, destination)
}
