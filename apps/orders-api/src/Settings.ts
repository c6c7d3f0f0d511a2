/**
 * The settings of the service, read from environment variables and checked before anything starts.
 *
 * Every wrong variable is reported at once, with the rule it breaks. An empty variable counts as unset, because that is
 * how containers pass an unset one. The values of secrets are never shown.
 */
import { ArchivePolicy, StreamId } from "@eventfold/event-store"
import {
  ByteSize,
  Config,
  Context,
  Cron,
  Duration,
  Effect,
  type LogLevel,
  Option,
  Redacted,
  Result,
  Schema
} from "effect"
import * as FulfilmentSettings from "./FulfilmentSettings.ts"
import * as NotificationSettings from "./NotificationSettings.ts"
import { InvalidConfiguration } from "./InvalidConfiguration.ts"
import { names as projectionNames } from "./projections/Projections.ts"
import {
  duration,
  isPlainUrl,
  ofTheDatabase,
  secretText,
  type Variable,
  wholeNumber,
  word
} from "./SettingVariables.ts"

export { InvalidConfiguration } from "./InvalidConfiguration.ts"

/** What the service can be told. */
export interface SettingsShape
  extends FulfilmentSettings.FulfilmentSettings, NotificationSettings.NotificationSettings {
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
  /** The projections that this process follows the log for, by name; those that are kept inline always are. */
  readonly projections: "all" | ReadonlyArray<string>
  /** Where rows that are read one by one are cached. */
  readonly readCache: "off" | "memory" | "redis"
  /** The Redis they are cached in. */
  readonly redisUrl: Redacted.Redacted | undefined
  /** The address of the card gateway; without one, a simulated gateway runs along. */
  readonly cardGatewayUrl: string | undefined
  /** What the card gateway knows the service by. */
  readonly cardGatewayKey: Redacted.Redacted | undefined
  /** What the webhooks of the card gateway are signed with; without it none is believed. */
  readonly cardGatewayWebhookSecret: Redacted.Redacted | undefined
  /** How long one request to the card gateway may take. */
  readonly cardGatewayTimeout: Duration.Duration
  /** Whether contexts say in messages what happens, and others act upon it. */
  readonly messaging: boolean
}

/** The settings of the running service. */
export class Settings extends Context.Service<Settings, SettingsShape>()("@eventfold/orders-api/Settings") {
  /** Reads and checks the environment of the service. On a server it must have a master key. */
  static readonly load: Effect.Effect<SettingsShape, InvalidConfiguration> = Effect.suspend(() => load(true))

  /** The same for a command that stores nothing about people, and need not be given the master key. */
  static readonly loadForCommand: Effect.Effect<SettingsShape, InvalidConfiguration> = Effect.suspend(() => load(false))

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
  archiveAt: Cron.parseUnsafe("0 3 * * *", "UTC"),
  projections: "all",
  readCache: "memory",
  redisUrl: undefined,
  cardGatewayUrl: undefined,
  cardGatewayKey: undefined,
  cardGatewayWebhookSecret: undefined,
  cardGatewayTimeout: Duration.seconds(10),
  messaging: false,
  ...FulfilmentSettings.defaults,
  ...NotificationSettings.defaults
}

/** The names of projections, each of which there is. */
const projectionsOf = (text: string): Option.Option<SettingsShape["projections"]> => {
  if (text === "all") return Option.some("all")
  const names = text === "none" ? [] : text.split(",").map((name) => name.trim())
  return names.every((name) => projectionNames.includes(name)) ? Option.some(names) : Option.none()
}

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
  } satisfies Variable<Cron.Cron>,
  projections: {
    name: "PROJECTIONS",
    rule: `must be all, none, or names with commas between them out of ${projectionNames.join(", ")}`,
    read: projectionsOf
  } satisfies Variable<SettingsShape["projections"]>,
  readCache: word("READ_CACHE", ["off", "memory", "redis"]),
  redisUrl: {
    name: "REDIS_URL",
    rule: "must be a URL such as redis://user:password@host:6379",
    read: (text) =>
      URL.canParse(text) && /^rediss?:$/u.test(new URL(text).protocol)
        ? Option.some(Redacted.make(text))
        : Option.none(),
    secret: true
  } satisfies Variable<Redacted.Redacted>,
  cardGatewayUrl: {
    name: "CARD_GATEWAY_URL",
    rule: "must be a URL without user, password, query or fragment, such as https://gateway.example",
    read: (text) => (isPlainUrl(text) ? Option.some(text) : Option.none()),
    secret: true
  } satisfies Variable<string>,
  cardGatewayKey: secretText("CARD_GATEWAY_KEY"),
  cardGatewayWebhookSecret: secretText("CARD_GATEWAY_WEBHOOK_SECRET"),
  cardGatewayTimeout: duration("CARD_GATEWAY_TIMEOUT", "100 millis", "1 minute"),
  messaging: word("MESSAGING", ["on", "off"])
}

/**
 * Without it a server's orders could be drafted and never placed, since an address is stored under it; and whoever starts a
 * service should hear of that, and not the first customer. The embedded database has a file for it.
 */
const masterKeyMissing = {
  variable: "EVENTFOLD_MASTER_KEY",
  rule:
    "must be set when DATABASE_URL is: personal data is stored under this key. " +
    "Make one with `openssl rand -base64 32`, and keep it as long as the data",
  value: null
}

const redisMissing = { variable: "REDIS_URL", rule: "must be set when READ_CACHE is redis", value: null }

const gatewayKeyMissing = {
  variable: "CARD_GATEWAY_KEY",
  rule: "must be set when CARD_GATEWAY_URL is: the gateway knows the service by it",
  value: null
}

const shown = (text: string) => (text.length > 100 ? `${text.slice(0, 100)}…` : text)

const load = Effect.fnUntraced(function* (
  needsMasterKey: boolean
): Effect.fn.Return<SettingsShape, InvalidConfiguration> {
  const problems: Array<InvalidConfiguration["problems"][number]> = []

  // A source that cannot be read at all is no setting anybody can correct.
  const textOf = (name: string) =>
    Effect.map(
      Effect.orDie(Config.option(Config.String(name))),
      Option.getOrElse(() => "")
    )

  const read = Effect.fnUntraced(function* <A>(variable: Variable<A>) {
    const { name, rule, secret } = variable
    const text = yield* textOf(name)
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
    archiveAt: (yield* read(variables.archiveAt)) ?? defaults.archiveAt,
    projections: (yield* read(variables.projections)) ?? defaults.projections,
    readCache: (yield* read(variables.readCache)) ?? defaults.readCache,
    redisUrl: yield* read(variables.redisUrl),
    cardGatewayUrl: yield* read(variables.cardGatewayUrl),
    cardGatewayKey: yield* read(variables.cardGatewayKey),
    cardGatewayWebhookSecret: yield* read(variables.cardGatewayWebhookSecret),
    cardGatewayTimeout: (yield* read(variables.cardGatewayTimeout)) ?? defaults.cardGatewayTimeout,
    messaging: (yield* read(variables.messaging)) !== "off",
    ...(yield* FulfilmentSettings.read(read)),
    ...(yield* NotificationSettings.read(read))
  }
  if (settings.cardGatewayUrl !== undefined && (yield* textOf(gatewayKeyMissing.variable)) === "") {
    problems.push(gatewayKeyMissing)
  }
  if (settings.readCache === "redis" && settings.redisUrl === undefined) problems.push(redisMissing)
  yield* Effect.forEach(ofTheDatabase, read, { discard: true })
  if (needsMasterKey && (yield* textOf("DATABASE_URL")) !== "" && (yield* textOf(masterKeyMissing.variable)) === "") {
    problems.push(masterKeyMissing)
  }
  return problems.length > 0 ? yield* new InvalidConfiguration({ problems }) : settings
})
