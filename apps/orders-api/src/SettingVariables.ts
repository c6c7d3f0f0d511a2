/** How environment variables are read: each has a name, and a rule that ends the sentence that begins with the name. */
import { MasterKeys } from "@eventfold/event-store"
import { ServiceRole } from "@eventfold/postgres"
import { ByteSize, Config, Duration, Effect, Option, Redacted, Schema } from "effect"
import { InvalidConfiguration } from "./InvalidConfiguration.ts"

/** An environment variable: its name, its rule, and how its text is read. */
export interface Variable<A> {
  readonly name: string
  /** Ends the sentence that begins with the name. */
  readonly rule: string
  readonly read: (text: string) => Option.Option<A>
  readonly secret?: boolean
}

/** What is wrong with a variable. */
export type Problem = InvalidConfiguration["problems"][number]

/** Reads variables of the environment and notes what is wrong with them. */
export interface Reader {
  /** The text of a variable; empty when it is not set. */
  readonly textOf: (name: string) => Effect.Effect<string>
  /** The value of a variable; undefined when it is not set, or wrong. */
  readonly read: <A>(variable: Variable<A>) => Effect.Effect<A | undefined>
  /** Notes that something is wrong. */
  readonly note: (problem: Problem) => void
  /** Fails when anything was wrong. */
  readonly check: Effect.Effect<void, InvalidConfiguration>
}

const shown = (text: string) => (text.length > 100 ? `${text.slice(0, 100)}…` : text)

/** A reader that has noted nothing yet. */
export const reader = (): Reader => {
  const problems: Array<Problem> = []
  // A source that cannot be read at all is no setting anybody can correct.
  const textOf = (name: string) =>
    Effect.map(
      Effect.orDie(Config.option(Config.String(name))),
      Option.getOrElse(() => "")
    )
  return {
    textOf,
    read: Effect.fnUntraced(function* <A>({ name, read, rule, secret }: Variable<A>) {
      const text = yield* textOf(name)
      if (text === "") return undefined
      const value = read(text)
      if (Option.isNone(value)) {
        problems.push(secret === true ? { variable: name, rule } : { variable: name, rule, value: shown(text) })
      }
      return Option.getOrUndefined(value)
    }),
    note: (problem) => void problems.push(problem),
    check: Effect.suspend(() =>
      problems.length > 0 ? Effect.fail(new InvalidConfiguration({ problems })) : Effect.void
    )
  }
}

/** A duration from `minimum` to `maximum`. */
export const duration = (
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
export const word = <const Word extends string>(name: string, words: ReadonlyArray<Word>): Variable<Word> => ({
  name,
  rule: `must be one of ${words.map((known) => known.toLowerCase()).join(", ")}`,
  read: (text) => Option.fromUndefinedOr(words.find((known) => known.toLowerCase() === text.toLowerCase()))
})

/** A TCP port; 0 takes any free one. */
export const tcpPort: Variable<number> = {
  name: "PORT",
  rule: "must be a whole number from 0 to 65535",
  read: (text) => wholeNumber(0, 65_535)(text)
}

/** The address to listen on. */
export const hostName: Variable<string> = {
  name: "HOST",
  rule: "must be a host name or an IP address, such as 127.0.0.1 or 0.0.0.0",
  read: (text) => (/^[A-Za-z0-9.:_-]{1,255}$/u.test(text) ? Option.some(text) : Option.none())
}

/** The largest body of a request. */
export const bodySize: Variable<ByteSize.ByteSize> = {
  name: "MAX_BODY_SIZE",
  rule: 'must be a size such as "1 MiB" or "500 kB", from 1 KiB to 100 MiB',
  read: (text) =>
    Option.filter(
      ByteSize.fromString(text),
      ByteSize.between({ minimum: ByteSize.kibibytes(1), maximum: ByteSize.mebibytes(100) })
    )
}

/** The least important lines of the log that are written. */
export const logLevel = word("LOG_LEVEL", ["All", "Trace", "Debug", "Info", "Warn", "Error", "Fatal", "None"])

/** How the log is written. */
export const logFormat = word("LOG_FORMAT", ["pretty", "json"])

/** A secret that can stand in a header. */
export const secretText = (name: string): Variable<Redacted.Redacted> => ({
  name,
  rule: "must be 8 to 200 printable ASCII characters without spaces",
  read: (text) => (/^[\x21-\x7e]{8,200}$/u.test(text) ? Option.some(Redacted.make(text)) : Option.none()),
  secret: true
})

/** Whether a text is an address of the web that holds no secret. */
export const isPlainUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return false
  const { hash, password, protocol, search, username } = new URL(text)
  return /^https?:$/u.test(protocol) && [hash, password, search, username].every((part) => part === "")
}

/** Reads a whole number from `minimum` to `maximum`. */
export const wholeNumber =
  (minimum: number, maximum: number) =>
  (text: string): Option.Option<number> =>
    Option.some(Number(text)).pipe(
      Option.filter((value) => /^\d{1,9}$/u.test(text) && value >= minimum && value <= maximum)
    )

/** As the layer of master keys reads them: what is empty between two commas is none. */
const everyKeyOf = (text: string) => text.split(",").filter((key) => key.trim() !== "")

/** The address of a PostgreSQL server. */
export const databaseUrl = (name: string): Variable<string> => ({
  name,
  rule: "must be a URL such as postgres://user:password@host:5432/database",
  read: (text) =>
    URL.canParse(text) && /^postgres(?:ql)?:$/u.test(new URL(text).protocol) ? Option.some(text) : Option.none(),
  secret: true
})

/** Read by the database layer; checked here so that a mistake is reported with all the others. */
export const ofTheDatabase: ReadonlyArray<Variable<unknown>> = [
  databaseUrl("DATABASE_URL"),
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
  word("LOG_NOTIFY", ["on", "off"]),
  {
    name: "EVENTFOLD_MASTER_KEY",
    rule: "must be 32 bytes in base64, as `openssl rand -base64 32` makes them",
    read: (text) => (MasterKeys.isKey(text) ? Option.some(text) : Option.none()),
    secret: true
  },
  {
    name: "EVENTFOLD_MASTER_KEYS_OLD",
    rule: "must be master keys of before, each 32 bytes in base64, with commas between them",
    read: (text) => (everyKeyOf(text).every(MasterKeys.isKey) ? Option.some(text) : Option.none()),
    secret: true
  }
]
