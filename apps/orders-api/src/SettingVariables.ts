/** How environment variables are read: each has a name, and a rule that ends the sentence that begins with the name. */
import { MasterKeys } from "@eventfold/event-store"
import { ServiceRole } from "@eventfold/postgres"
import { Duration, Option, Redacted, Schema } from "effect"

/** An environment variable: its name, its rule, and how its text is read. */
export interface Variable<A> {
  readonly name: string
  /** Ends the sentence that begins with the name. */
  readonly rule: string
  readonly read: (text: string) => Option.Option<A>
  readonly secret?: boolean
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

/** Read by the database layer; checked here so that a mistake is reported with all the others. */
export const ofTheDatabase: ReadonlyArray<Variable<unknown>> = [
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
