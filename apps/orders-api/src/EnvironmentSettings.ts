/**
 * Reads the settings of the service from environment variables, and checks them before anything starts.
 *
 * Every wrong variable is reported at once, with the rule it breaks. An empty variable counts as unset, because that is
 * how containers pass an unset one. The values of secrets are never shown.
 */
import { StreamId } from "@eventfold/event-store"
import { Cron, Effect, Option, Redacted, Result, Schema } from "effect"
import * as FulfilmentSettings from "./FulfilmentSettings.ts"
import * as HostingSettings from "./HostingSettings.ts"
import type { InvalidConfiguration } from "./InvalidConfiguration.ts"
import { names as subscriberNames } from "./messaging/Subscribers.ts"
import * as MessagingSettings from "./MessagingSettings.ts"
import * as NotificationSettings from "./NotificationSettings.ts"
import { names as projectionNames } from "./projections/Projections.ts"
import * as ServiceSettings from "./ServiceSettings.ts"
import { Settings, type SettingsShape } from "./Settings.ts"
import {
  bodySize,
  duration,
  hostName,
  isPlainUrl,
  logFormat,
  logLevel,
  ofTheDatabase,
  reader,
  secretText,
  tcpPort,
  type Variable,
  word
} from "./SettingVariables.ts"

const defaults = Settings.make()

/** Some of what there is, by name. */
const someOf = (variable: string, known: ReadonlyArray<string>): Variable<"all" | ReadonlyArray<string>> => ({
  name: variable,
  rule: `must be all, none, or names with commas between them out of ${known.join(", ")}`,
  read: (text) => {
    if (text === "all") return Option.some(text)
    const names = text === "none" ? [] : text.split(",").map((name) => name.trim())
    return names.every((name) => known.includes(name)) ? Option.some(names) : Option.none()
  }
})

const variables = {
  port: tcpPort,
  host: hostName,
  logLevel,
  logFormat,
  maxBodySize: bodySize,
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
  projections: someOf("PROJECTIONS", projectionNames),
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
  subscribers: someOf("SUBSCRIBERS", subscriberNames)
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

const portsOf = (services: number, port: number) => ({
  variable: "PORT",
  rule: `must be from 1 to ${65_536 - services} for contexts in ${services} databases: each is a service, and they take ports in a row`,
  value: String(port)
})

const read = Effect.fnUntraced(function* (
  needsMasterKey: boolean
): Effect.fn.Return<SettingsShape, InvalidConfiguration> {
  const { check, note, read: valueOf, textOf } = reader()

  const elsewhere = yield* ServiceSettings.read(valueOf)
  const hosting = yield* HostingSettings.read(valueOf, textOf, elsewhere)
  for (const problem of hosting.problems) note(problem)
  const settings: SettingsShape = {
    port: (yield* valueOf(variables.port)) ?? defaults.port,
    host: (yield* valueOf(variables.host)) ?? defaults.host,
    logLevel: (yield* valueOf(variables.logLevel)) ?? defaults.logLevel,
    logFormat: (yield* valueOf(variables.logFormat)) ?? defaults.logFormat,
    maxBodySize: (yield* valueOf(variables.maxBodySize)) ?? defaults.maxBodySize,
    requestTimeout: (yield* valueOf(variables.requestTimeout)) ?? defaults.requestTimeout,
    shutdownTimeout: (yield* valueOf(variables.shutdownTimeout)) ?? defaults.shutdownTimeout,
    commandRetention: (yield* valueOf(variables.commandRetention)) ?? defaults.commandRetention,
    tenant: (yield* valueOf(variables.tenant)) ?? defaults.tenant,
    archiveDirectory: (yield* valueOf(variables.archiveDirectory)) ?? defaults.archiveDirectory,
    archiveAfter: (yield* valueOf(variables.archiveAfter)) ?? defaults.archiveAfter,
    archiveAt: (yield* valueOf(variables.archiveAt)) ?? defaults.archiveAt,
    projections: (yield* valueOf(variables.projections)) ?? defaults.projections,
    readCache: (yield* valueOf(variables.readCache)) ?? defaults.readCache,
    redisUrl: yield* valueOf(variables.redisUrl),
    cardGatewayUrl: yield* valueOf(variables.cardGatewayUrl),
    cardGatewayKey: yield* valueOf(variables.cardGatewayKey),
    cardGatewayWebhookSecret: yield* valueOf(variables.cardGatewayWebhookSecret),
    cardGatewayTimeout: (yield* valueOf(variables.cardGatewayTimeout)) ?? defaults.cardGatewayTimeout,
    subscribers: (yield* valueOf(variables.subscribers)) ?? defaults.subscribers,
    ...(yield* FulfilmentSettings.read(valueOf)),
    ...(yield* MessagingSettings.read(valueOf)),
    ...(yield* NotificationSettings.read(valueOf)),
    ...elsewhere,
    ...hosting.settings
  }
  if (settings.cardGatewayUrl !== undefined && (yield* textOf(gatewayKeyMissing.variable)) === "") {
    note(gatewayKeyMissing)
  }
  if (settings.readCache === "redis" && settings.redisUrl === undefined) note(redisMissing)
  if (settings.messageBroker === "nats" && (yield* textOf(MessagingSettings.natsMissing.variable)) === "") {
    note(MessagingSettings.natsMissing)
  } else if (settings.serviceRegistry === "nats" && (yield* textOf(ServiceSettings.natsMissing.variable)) === "") {
    note(ServiceSettings.natsMissing)
  }
  yield* Effect.forEach(ofTheDatabase, valueOf, { discard: true })
  const services = hosting.settings.hostedDatabases.length
  if (services > 1 && (settings.port === 0 || settings.port + services > 65_536)) note(portsOf(services, settings.port))
  const isOnServer =
    hosting.settings.hostedDatabases.some(({ contextDatabase }) => contextDatabase !== undefined) ||
    (yield* textOf("DATABASE_URL")) !== ""
  if (needsMasterKey && isOnServer && (yield* textOf(masterKeyMissing.variable)) === "") {
    note(masterKeyMissing)
  }
  yield* check
  return settings
})

/** Reads and checks the environment of the service. On a server it must have a master key. */
export const load: Effect.Effect<SettingsShape, InvalidConfiguration> = Effect.suspend(() => read(true))

/** The same for a command that stores nothing about people, and need not be given the master key. */
export const loadForCommand: Effect.Effect<SettingsShape, InvalidConfiguration> = Effect.suspend(() => read(false))
