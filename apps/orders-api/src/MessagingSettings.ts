/** What can be set of messages between contexts: whether there are any, and which broker carries them. */
import { MessageBrokerNats, NatsConnection } from "@eventfold/nats"
import { Effect, Option, Redacted } from "effect"
import { type Variable, word } from "./SettingVariables.ts"

/** The settings of messages between contexts. */
export interface MessagingSettings {
  /** Whether contexts say in messages what happens, and others act upon it. */
  readonly messaging: boolean
  /** Where the messages are: in the store of the service, or in NATS. */
  readonly messageBroker: "store" | "nats"
  /** The NATS they are in. */
  readonly natsUrl: Redacted.Redacted | undefined
  /** What all streams and subjects of the service begin with there. */
  readonly natsPrefix: string
}

/** What a program or a test that sets nothing has. */
export const defaults: MessagingSettings = {
  messaging: false,
  messageBroker: "store",
  natsUrl: undefined,
  natsPrefix: MessageBrokerNats.defaultPrefix
}

const variables = {
  messaging: word("MESSAGING", ["on", "off", "nats"]),
  natsUrl: {
    name: "NATS_URL",
    rule: "must be a URL such as nats://user:password@host:4222 or tls://host:4222, several with commas between",
    read: (text) => (NatsConnection.isAddress(text) ? Option.some(Redacted.make(text)) : Option.none()),
    secret: true
  } satisfies Variable<Redacted.Redacted>,
  natsPrefix: {
    name: "NATS_PREFIX",
    rule: "must be 1 to 32 lower-case letters, digits or '-', beginning with a letter or digit",
    read: (text) => (MessageBrokerNats.isPrefix(text) ? Option.some(text) : Option.none())
  } satisfies Variable<string>
}

/** Without it nobody knows where the messages are. */
export const natsMissing = { variable: "NATS_URL", rule: "must be set when MESSAGING is nats", value: null }

/** Reads them from the environment. */
export const read = Effect.fnUntraced(function* (
  read: <A>(variable: Variable<A>) => Effect.Effect<A | undefined>
): Effect.fn.Return<MessagingSettings> {
  const messaging = yield* read(variables.messaging)
  return {
    messaging: messaging !== "off",
    messageBroker: messaging === "nats" ? "nats" : "store",
    natsUrl: yield* read(variables.natsUrl),
    natsPrefix: (yield* read(variables.natsPrefix)) ?? defaults.natsPrefix
  }
})
