/**
 * The settings of the service, read from environment variables and checked before anything starts.
 *
 * Every wrong variable is reported at once, with the rule it breaks. An empty variable counts as unset, because that is
 * how containers pass an unset one. The values of secrets are never shown.
 */
import { ArchivePolicy, StreamId } from "@eventfold/event-store"
import { ServiceRole } from "@eventfold/postgres"
import { ByteSize, Config, Context, Cron, Duration, Effect, type LogLevel, Option, Result, Schema } from "effect"

/** What the service can be told. */
export interface SettingsShape {
  /** The TCP port to listen on; 0 takes any free one. */
  readonly port: number
  /** The address to listen on. */
  readonly host: string
  /** The least important log lines to write. */
  readonly logLevel: LogLevel.LogLevel
  /** `pretty` for people, `json` for machines. */
  readonly logFormat: "pretty" | "json"
  /** The largest request body. */
  readonly maxBodySize: ByteSize.ByteSize
  /** How long a request may take. */
  readonly requestTimeout: Duration.Duration
  /** How long stopping may take before the process ends all the same. */
  readonly shutdownTimeout: Duration.Duration
  /** How long the answers to commands are remembered. */
  readonly commandRetention: Duration.Duration
  /** Whose orders and accounts these are. */
  readonly tenant: string
  /** The directory closed streams are moved to; without one, nothing is archived. */
  readonly archiveDirectory: string | undefined
  /** How long orders and accounts must have been closed before they are moved there. */
  readonly archiveAfter: Duration.Duration
  /** When they are moved, in UTC. */
  readonly archiveAt: Cron.Cron
}

/** Some environment variables are wrong, and nothing has been started. `value` is absent when it may be a secret. */
export class InvalidConfiguration extends Schema.TaggedError<InvalidConfiguration>()("InvalidConfiguration", {
  problems: Schema.Array(
    Schema.Struct({ variable: Schema.String, rule: Schema.String, value: Schema.optionalKey(Schema.String) })
  )
}) {
  override get message() {
    const lines = this.problems.map(({ rule, value, variable }) => {
      const met = value === undefined ? "its value may be secret and is not shown" : `it is ${JSON.stringify(value)}`
      return `  ${variable} ${rule}; ${met}`
    })
    return ["The service did not start, because its configuration is wrong:", ...lines].join("\n")
  }
}

/** The settings of the running service. */
export class Settings extends Context.Service<Settings, SettingsShape>()("@eventfold/orders-api/Settings") {
  /** Reads and checks the environment. */
  static readonly load: Effect.Effect<SettingsShape, InvalidConfiguration> = Effect.suspend(() => load)

  /** The defaults, with what a program or a test sets itself. */
  static make(settings: Partial<SettingsShape> = {}): SettingsShape {
    return { ...defaults, ...settings }
  }
}

const defaults: SettingsShape = {
  port: 3000,
  host: "127.0.0.1",
  logLevel: "Info",
  logFormat: "pretty",
  maxBodySize: ByteSize.mebibytes(1),
  requestTimeout: Duration.seconds(30),
  shutdownTimeout: Duration.seconds(30),
  commandRetention: Duration.days(30),
  tenant: "main",
  archiveDirectory: undefined,
  archiveAfter: ArchivePolicy.sevenYears,
  archiveAt: Cron.parseUnsafe("0 3 * * *", "UTC")
}

interface Variable<A> {
  readonly name: string
  /** Ends the sentence that begins with the name. */
  readonly rule: string
  readonly read: (text: string) => Option.Option<A>
  readonly secret?: boolean
}

const duration = (
  name: string,
  minimum: Duration.Input & string,
  maximum: Duration.Input & string
): Variable<Duration.Duration> => ({
  name,
  rule: `must be a duration such as "30 seconds", from ${minimum} to ${maximum}`,
  read: (text) =>
    Option.filter(
      Schema.decodeOption(Schema.DurationFromString)(text),
      Duration.between({
        minimum: Duration.fromInputUnsafe(minimum),
        maximum: Duration.fromInputUnsafe(maximum)
      })
    )
})

/** One of a few words, in upper or lower case. */
const word = <const Word extends string>(name: string, words: ReadonlyArray<Word>): Variable<Word> => ({
  name,
  rule: `must be one of ${words.map((known) => known.toLowerCase()).join(", ")}`,
  read: (text) => Option.fromUndefinedOr(words.find((known) => known.toLowerCase() === text.toLowerCase()))
})

const wholeNumber =
  (minimum: number, maximum: number) =>
  (text: string): Option.Option<number> =>
    Option.some(Number(text)).pipe(
      Option.filter((value) => /^\d{1,9}$/u.test(text) && value >= minimum && value <= maximum)
    )

const variables = {
  port: {
    name: "PORT",
    rule: "must be a whole number from 0 to 65535",
    read: wholeNumber(0, 65_535)
  } satisfies Variable<number>,
  host: {
    name: "HOST",
    rule: "must be a host name or an IP address, such as 127.0.0.1 or 0.0.0.0",
    read: (text) => (/^[A-Za-z0-9.:_-]{1,255}$/u.test(text) ? Option.some(text) : Option.none())
  } satisfies Variable<string>,
  logLevel: word("LOG_LEVEL", ["All", "Trace", "Debug", "Info", "Warn", "Error", "Fatal", "None"]),
  logFormat: word("LOG_FORMAT", ["pretty", "json"]),
  maxBodySize: {
    name: "MAX_BODY_SIZE",
    rule: 'must be a size such as "1 MiB" or "500 kB", from 1 KiB to 100 MiB',
    read: (text) =>
      Option.filter(
        ByteSize.fromString(text),
        ByteSize.between({ minimum: ByteSize.kibibytes(1), maximum: ByteSize.mebibytes(100) })
      )
  } satisfies Variable<ByteSize.ByteSize>,
  requestTimeout: duration("REQUEST_TIMEOUT", "100 millis", "1 hour"),
  shutdownTimeout: duration("SHUTDOWN_TIMEOUT", "1 second", "1 hour"),
  commandRetention: duration("COMMAND_RETENTION", "1 hour", "3650 days"),
  tenant: {
    name: "TENANT",
    rule: "must be 1 to 63 lower-case letters, digits, '-' or '_', starting with a letter or a digit",
    read: (text) => Schema.decodeOption(StreamId.Tenant)(text)
  } satisfies Variable<string>,
  archiveDirectory: {
    name: "ARCHIVE_DIR",
    rule: "must be the path of a directory",
    read: (text) => (text.includes("\0") ? Option.none() : Option.some(text))
  } satisfies Variable<string>,
  archiveAfter: duration("ARCHIVE_AFTER", "1 day", "36525 days"),
  archiveAt: {
    name: "ARCHIVE_AT",
    rule: "must be a time in cron's form, such as \"0 3 * * *\" for three o'clock every night",
    read: (text) => Result.getSuccess(Cron.parse(text, "UTC"))
  } satisfies Variable<Cron.Cron>
}

/** Read by the database layer; checked here so that a mistake is reported with all the others. */
const ofTheDatabase: ReadonlyArray<Variable<unknown>> = [
  {
    name: "DATABASE_URL",
    rule: "must be a URL such as postgres://user:password@host:5432/database",
    read: (text) =>
      URL.canParse(text) && /^postgres(?:ql)?:$/u.test(new URL(text).protocol) ? Option.some(text) : Option.none(),
    secret: true
  },
  {
    name: "DATABASE_POOL_MAX",
    rule: "must be a whole number from 1 to 200",
    read: wholeNumber(1, 200)
  },
  {
    name: "DATABASE_ROLE",
    rule: "must be the name of a database role in lower case, or none",
    read: (text) => (ServiceRole.isRoleName(text) ? Option.some(text) : Option.none())
  },
  word("LOG_NOTIFY", ["on", "off"])
]

const shown = (text: string) => (text.length > 100 ? `${text.slice(0, 100)}…` : text)

const load: Effect.Effect<SettingsShape, InvalidConfiguration> = Effect.gen(function* () {
  const problems: Array<InvalidConfiguration["problems"][number]> = []

  const read = Effect.fnUntraced(function* <A>(variable: Variable<A>) {
    const { name, rule, secret } = variable
    // A source that cannot be read at all is no setting anybody can correct.
    const text = Option.getOrElse(yield* Effect.orDie(Config.option(Config.String(name))), () => "")
    if (text === "") return undefined
    const value = variable.read(text)
    if (Option.isNone(value)) {
      problems.push(secret === true ? { variable: name, rule } : { variable: name, rule, value: shown(text) })
    }
    return Option.getOrUndefined(value)
  })

  const settings: SettingsShape = {
    port: (yield* read(variables.port)) ?? defaults.port,
    host: (yield* read(variables.host)) ?? defaults.host,
    logLevel: (yield* read(variables.logLevel)) ?? defaults.logLevel,
    logFormat: (yield* read(variables.logFormat)) ?? defaults.logFormat,
    maxBodySize: (yield* read(variables.maxBodySize)) ?? defaults.maxBodySize,
    requestTimeout: (yield* read(variables.requestTimeout)) ?? defaults.requestTimeout,
    shutdownTimeout: (yield* read(variables.shutdownTimeout)) ?? defaults.shutdownTimeout,
    commandRetention: (yield* read(variables.commandRetention)) ?? defaults.commandRetention,
    tenant: (yield* read(variables.tenant)) ?? defaults.tenant,
    archiveDirectory: (yield* read(variables.archiveDirectory)) ?? defaults.archiveDirectory,
    archiveAfter: (yield* read(variables.archiveAfter)) ?? defaults.archiveAfter,
    archiveAt: (yield* read(variables.archiveAt)) ?? defaults.archiveAt
  }
  yield* Effect.forEach(ofTheDatabase, read, { discard: true })
  return problems.length > 0 ? yield* new InvalidConfiguration({ problems }) : settings
})
