/**
 * What can be set of the contexts that this process hosts: which they are, in which database, where others find them, and how those
 * that are elsewhere are asked. Where these are, `ServiceSettings.ts` says.
 *
 * Contexts that share a database are one service. Services hear of each other by NATS, and show each other a credential, whether
 * they are in other processes or in this one: without either a process that is not all in one service does not start.
 */
import { Duration, Effect, Option, Redacted } from "effect"
import type { Hosted } from "./contexts/Hosting.ts"
import { type Hostable, hostable } from "./http/ServedBy.ts"
import type { InvalidConfiguration } from "./InvalidConfiguration.ts"
import type { ServiceSettings } from "./ServiceSettings.ts"
import { databaseUrl, duration, isPlainUrl, type Variable } from "./SettingVariables.ts"

/** Contexts of a process that share a database: together they are a service. */
export interface HostedDatabase {
  readonly contexts: Hosted
  /** Their database, when it is another one than that of `DATABASE_URL`. */
  readonly contextDatabase: Redacted.Redacted | undefined
}

/** The settings of the contexts that are hosted: those of a service, or of a process with several databases. */
export interface HostingSettings extends HostedDatabase {
  /** The contexts of this process by their databases. One service has one, and `contexts` are its contexts. */
  readonly hostedDatabases: ReadonlyArray<HostedDatabase>
  /** Under which address others reach this process. */
  readonly serviceUrl: string | undefined
  /** What this process shows to others, and asks them for. Without one it answers no other service. */
  readonly serviceCredential: Redacted.Redacted | undefined
  /** What it accepts as well, while the credential is being changed. */
  readonly serviceCredentialAlso: Redacted.Redacted | undefined
  /** How long a request to another context may take. */
  readonly serviceTimeLimit: Duration.Duration
}

/** What a program or a test that sets nothing has. */
export const defaults: HostingSettings = {
  contexts: "all",
  contextDatabase: undefined,
  hostedDatabases: [{ contexts: "all", contextDatabase: undefined }],
  serviceUrl: undefined,
  serviceCredential: undefined,
  serviceCredentialAlso: undefined,
  serviceTimeLimit: Duration.seconds(10)
}

/**
 * What the log of this process is called in consistency tokens: by the first of its contexts, so that a service is not asked to
 * wait for a position of another one's log. There is one log, which needs no name, where one process hosts everything.
 */
export const logOf = ({ contexts }: Pick<HostingSettings, "contexts">): string | undefined =>
  contexts === "all" ? undefined : contexts[0]

const isHostable = (name: string): name is Hostable => hostable.some((one) => one === name)

/** What is between commas, without what surrounds it. */
const parts = (text: string) => text.split(",").map((part) => part.trim())

const secret = (name: string): Variable<Redacted.Redacted> => ({
  name,
  rule: "must be 32 to 256 visible ASCII characters",
  read: (text) => (/^[\x21-\x7e]{32,256}$/u.test(text) ? Option.some(Redacted.make(text)) : Option.none()),
  secret: true
})

const variables = {
  contexts: {
    name: "CONTEXTS",
    rule: `must be all, or names with commas between them out of ${hostable.join(", ")}`,
    read: (text): Option.Option<Hosted> => {
      if (text === "all") return Option.some(text)
      const names = parts(text)
      if (!names.every(isHostable)) return Option.none()
      const some = hostable.filter((name) => names.includes(name))
      return Option.some(some.length === hostable.length ? "all" : some)
    }
  } satisfies Variable<Hosted>,
  serviceUrl: {
    name: "SERVICE_URL",
    rule: "must be a URL without user, password, query or fragment, such as http://10.0.0.7:3000",
    read: (text) => (isPlainUrl(text) ? Option.some(text) : Option.none()),
    secret: true
  } satisfies Variable<string>,
  serviceCredential: secret("SERVICE_CREDENTIAL"),
  serviceCredentialAlso: secret("SERVICE_CREDENTIAL_ALSO"),
  serviceTimeLimit: duration("SERVICE_TIME_LIMIT", "100 millis", "5 minutes")
}

type Problem = InvalidConfiguration["problems"][number]

/** Reads them from the environment. `DATABASE_URL` is that of contexts without a database of their own. */
export const read = Effect.fnUntraced(function* (
  read: <A>(variable: Variable<A>) => Effect.Effect<A | undefined>,
  textOf: (name: string) => Effect.Effect<string>,
  { serviceRegistry }: Pick<ServiceSettings, "serviceRegistry">
): Effect.fn.Return<{ readonly settings: HostingSettings; readonly problems: ReadonlyArray<Problem> }> {
  const contexts = (yield* read(variables.contexts)) ?? defaults.contexts
  const hosted = contexts === "all" ? hostable : contexts
  const shared = yield* textOf("DATABASE_URL")
  const urls = yield* Effect.forEach(hosted, (name) =>
    Effect.map(read(databaseUrl(variableOf(name))), (url) => ({ name, url: url ?? shared }))
  )
  const hostedDatabases = Array.from(
    Map.groupBy(urls, ({ url }) => url),
    ([url, those]): HostedDatabase => ({
      contexts: those.length === hostable.length ? "all" : those.map(({ name }) => name),
      contextDatabase: url === shared ? undefined : Redacted.make(url)
    })
  )
  const areServices = contexts !== "all" || hostedDatabases.length > 1
  const settings: HostingSettings = {
    contexts,
    contextDatabase: hostedDatabases[0]?.contextDatabase,
    hostedDatabases,
    serviceUrl: yield* read(variables.serviceUrl),
    serviceCredential: yield* read(variables.serviceCredential),
    serviceCredentialAlso: yield* read(variables.serviceCredentialAlso),
    serviceTimeLimit: (yield* read(variables.serviceTimeLimit)) ?? defaults.serviceTimeLimit
  }
  const messaging = yield* textOf("MESSAGING")
  const unset = Effect.fnUntraced(function* (variable: string, isNeeded: boolean, rule: string) {
    return isNeeded && (yield* textOf(variable)) === "" ? [{ variable, rule, value: null }] : []
  })
  return {
    settings,
    problems: [
      ...(!areServices || messaging.toLowerCase() === "nats" ? [] : [notOnNats(messaging)]),
      ...(yield* unset("SERVICE_CREDENTIAL", areServices, credentialRule)),
      ...(yield* unset("SERVICE_URL", serviceRegistry === "nats", urlRule))
    ]
  }
})

/** The variable that holds the database of a context. */
const variableOf = (name: Hostable) => `${name.toUpperCase()}_DATABASE_URL`

const notOnNats = (messaging: string): Problem => ({
  variable: "MESSAGING",
  rule: "must be nats when contexts are in other processes, or in several databases: what they say comes by NATS",
  value: messaging === "" ? null : messaging
})

const credentialRule =
  "must be set when contexts are in other processes, or in several databases: services know each other by it"

const urlRule = "must be set when SERVICE_REGISTRY is nats: others find this process under it"
