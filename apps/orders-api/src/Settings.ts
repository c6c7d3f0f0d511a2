/** The settings of the service: what they are, and their defaults. `EnvironmentSettings.ts` reads them from the environment. */
import { ArchivePolicy } from "@eventfold/event-store"
import { ByteSize, Context, Cron, Duration, type LogLevel, type Redacted } from "effect"
import * as FulfilmentSettings from "./FulfilmentSettings.ts"
import * as MessagingSettings from "./MessagingSettings.ts"
import * as NotificationSettings from "./NotificationSettings.ts"
import * as HostingSettings from "./HostingSettings.ts"
import * as ServiceSettings from "./ServiceSettings.ts"

/** What the service can be told. */
export interface SettingsShape
  extends
    FulfilmentSettings.FulfilmentSettings,
    MessagingSettings.MessagingSettings,
    NotificationSettings.NotificationSettings,
    HostingSettings.HostingSettings,
    ServiceSettings.ServiceSettings {
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
  /** The subscribers that this process runs, by name. */
  readonly subscribers: "all" | ReadonlyArray<string>
}

/** The settings of the running service. */
export class Settings extends Context.Service<Settings, SettingsShape>()("@eventfold/orders-api/Settings") {
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
  subscribers: "all",
  ...FulfilmentSettings.defaults,
  ...MessagingSettings.defaults,
  ...NotificationSettings.defaults,
  ...HostingSettings.defaults,
  ...ServiceSettings.defaults
}
