/**
 * The settings of the gateway, read from environment variables and checked before anything starts, as those of the service are:
 * every wrong variable is reported at once, and an empty one counts as unset.
 */
import type { InvalidConfiguration } from "@eventfold/orders-api/InvalidConfiguration"
import * as MessagingSettings from "@eventfold/orders-api/MessagingSettings"
import * as ServiceSettings from "@eventfold/orders-api/ServiceSettings"
import { Settings, type SettingsShape } from "@eventfold/orders-api/Settings"
import {
  bodySize,
  duration,
  hostName,
  logFormat,
  logLevel,
  reader,
  tcpPort,
  type Variable,
  wholeNumber,
  word
} from "@eventfold/orders-api/SettingVariables"
import { Context, Duration, Effect } from "effect"

/** What the gateway is told as the service is. */
type Shared = Pick<
  SettingsShape,
  "port" | "host" | "logLevel" | "logFormat" | "maxBodySize" | "shutdownTimeout" | "natsUrl" | "natsPrefix"
>

/** What the gateway can be told. */
export interface GatewaySettingsShape extends Shared, ServiceSettings.ServiceSettings {
  /** How long a service may take until its answer begins. */
  readonly timeLimit: Duration.Duration
  /** Failures in a row after which a context is left alone. */
  readonly breakerFailures: number
  /** For how long it is. */
  readonly breakerOpenFor: Duration.Duration
  /** Whether requests come from a proxy whose `X-Forwarded-*` can be believed. */
  readonly trustsForwarded: boolean
}

const defaults: GatewaySettingsShape = {
  ...ofService(Settings.make()),
  ...ServiceSettings.defaults,
  // Longer than a service takes by itself: what that says is better than what the gateway knows.
  timeLimit: Duration.seconds(35),
  breakerFailures: 5,
  breakerOpenFor: Duration.seconds(5),
  trustsForwarded: false
}

/** The settings of the running gateway. */
export class GatewaySettings extends Context.Service<GatewaySettings, GatewaySettingsShape>()(
  "@eventfold/gateway/GatewaySettings"
) {
  /** Reads and checks the environment. */
  static readonly load: Effect.Effect<GatewaySettingsShape, InvalidConfiguration> = Effect.suspend(() => load())

  /** The defaults, with what a program or a test sets itself. */
  static make(settings: Partial<GatewaySettingsShape> = {}): GatewaySettingsShape {
    return { ...defaults, ...settings }
  }
}

/** The settings of the service for what the gateway has of it: its server, its log and its way with requests. */
export const serviceSettings = (settings: GatewaySettingsShape): SettingsShape =>
  Settings.make({
    ...ofService(settings),
    // The last resort: before it, the gateway says itself what takes too long.
    requestTimeout: Duration.sum(settings.timeLimit, Duration.seconds(2))
  })

function ofService(settings: Shared): Shared {
  const { host, logFormat, logLevel, maxBodySize, natsPrefix, natsUrl, port, shutdownTimeout } = settings
  return { host, logFormat, logLevel, maxBodySize, natsPrefix, natsUrl, port, shutdownTimeout }
}

const variables = {
  shutdownTimeout: duration("SHUTDOWN_TIMEOUT", "1 second", "1 hour"),
  timeLimit: duration("GATEWAY_TIME_LIMIT", "100 millis", "1 hour"),
  breakerFailures: {
    name: "GATEWAY_BREAKER_FAILURES",
    rule: "must be a whole number from 1 to 1000",
    read: wholeNumber(1, 1_000)
  } satisfies Variable<number>,
  breakerOpenFor: duration("GATEWAY_BREAKER_OPEN_FOR", "100 millis", "1 hour"),
  trustsForwarded: word("GATEWAY_TRUST_FORWARDED", ["on", "off"])
}

const load = Effect.fnUntraced(function* (): Effect.fn.Return<GatewaySettingsShape, InvalidConfiguration> {
  const { check, note, read, textOf } = reader()
  const { natsPrefix, natsUrl } = yield* MessagingSettings.read(read)
  const settings: GatewaySettingsShape = {
    port: (yield* read(tcpPort)) ?? defaults.port,
    host: (yield* read(hostName)) ?? defaults.host,
    logLevel: (yield* read(logLevel)) ?? defaults.logLevel,
    logFormat: (yield* read(logFormat)) ?? defaults.logFormat,
    maxBodySize: (yield* read(bodySize)) ?? defaults.maxBodySize,
    shutdownTimeout: (yield* read(variables.shutdownTimeout)) ?? defaults.shutdownTimeout,
    natsUrl,
    natsPrefix,
    ...(yield* ServiceSettings.read(read)),
    timeLimit: (yield* read(variables.timeLimit)) ?? defaults.timeLimit,
    breakerFailures: (yield* read(variables.breakerFailures)) ?? defaults.breakerFailures,
    breakerOpenFor: (yield* read(variables.breakerOpenFor)) ?? defaults.breakerOpenFor,
    trustsForwarded: (yield* read(variables.trustsForwarded)) === "on"
  }
  if (settings.serviceRegistry === "nats") {
    if ((yield* textOf("NATS_URL")) === "") note(ServiceSettings.natsMissing)
  } else if ((yield* textOf("SERVICES")) === "") note(servicesMissing)
  yield* check
  return settings
})

/** Without them nothing would be behind the gateway. */
const servicesMissing = {
  variable: "SERVICES",
  rule: "must be set unless SERVICE_REGISTRY is nats: contexts and where they are served, such as inventory=http://127.0.0.1:3002",
  value: null
}
