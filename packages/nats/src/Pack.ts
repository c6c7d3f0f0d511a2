/**
 * A batch as one message of NATS: what is published together is stored together, or not at all.
 *
 * The body is a batch of CloudEvents in JSON, as the standard has it, so that other clients can read it. The headers say the place
 * of the first message, when the batch was published, how long each message is, and hashes of the keys and of the identities:
 * whoever wants to know what is there need not read the bodies. What is longer than one message of NATS may be stands in
 * parts before it, which are nothing until the last one names them.
 */
import type { EncodedMessage } from "@eventfold/messaging"
import type { StoredMsg } from "@nats-io/jetstream"
import { createHash } from "node:crypto"

/** A message with what its batch says of it. */
export interface Packed extends EncodedMessage {
  /** What tells it from all others. */
  readonly identity: string
}

/** What a batch says of itself. */
export interface PackHead {
  readonly sequence: number
  /** The place of its first message. */
  readonly first: number
  /** How many messages it has, parts included. */
  readonly count: number
  /** Milliseconds since 1970. */
  readonly publishedAt: number
  /** The sequences of the parts before it. */
  readonly parts: ReadonlyArray<number>
}

/** A batch, read. */
export interface Pack extends PackHead {
  readonly keys: ReadonlyArray<string>
  readonly texts: ReadonlyArray<string>
  /** In bytes, as it is stored. */
  readonly size: number
}

type Headers = ReadonlyArray<readonly [name: string, value: string]>

const name = {
  first: "Eventfold-First",
  count: "Eventfold-Count",
  published: "Eventfold-Published",
  parts: "Eventfold-Parts",
  lengths: "Eventfold-Lengths",
  keys: "Eventfold-Keys",
  identities: "Eventfold-Identities"
}

/** What tells a message from all others: of two that differ it differs, too, but for one case in 2^64 or so. */
export const identityOf = ({ id, source }: Pick<EncodedMessage, "id" | "source">): string =>
  createHash("sha256")
    .update(JSON.stringify([source, id]))
    .digest("base64url")
    .slice(0, 22)

/** A hash of a key. Two keys that share one wait for each other, and nothing worse. */
const hashOf = (key: string): string => createHash("sha1").update(key).digest("base64url").slice(0, 10)

const between = ",\n"

/** The body and the headers of some messages. */
export const encode = (messages: ReadonlyArray<Packed>): { readonly body: Uint8Array; readonly headers: Headers } => ({
  body: Buffer.from(`[${messages.map(({ text }) => text).join(between)}]`),
  headers: [
    ["Content-Type", "application/cloudevents-batch+json"],
    [name.lengths, messages.map(({ text }) => text.length).join(",")],
    [name.keys, messages.map(({ key }) => hashOf(key)).join(",")],
    [name.identities, messages.map(({ identity }) => identity).join(",")]
  ]
})

/** What the message of NATS that makes a batch complete says of it. */
export const headHeaders = ({ count, first, parts, publishedAt }: Omit<PackHead, "sequence">): Headers => [
  [name.first, String(first)],
  [name.count, String(count)],
  [name.published, String(publishedAt)],
  ...(parts.length === 0 ? [] : [[name.parts, parts.join(",")] as const])
]

/** Cuts messages into bodies that are no longer than so many bytes, but for a message that is longer by itself. */
export const cut = (messages: ReadonlyArray<Packed>, largest: number): ReadonlyArray<ReadonlyArray<Packed>> => {
  const parts: Array<Array<Packed>> = [[]]
  let [part, size] = [parts[0] ?? [], 2]
  for (const message of messages) {
    const length = Buffer.byteLength(message.text) + between.length
    if (part.length > 0 && size + length > largest) {
      part = []
      parts.push(part)
      size = 2
    }
    part.push(message)
    size += length
  }
  return parts
}

const list = (value: string): ReadonlyArray<string> => (value === "" ? [] : value.split(","))

/** What a message of NATS says of its batch. */
export const headOf = ({ header, seq }: Pick<StoredMsg, "header" | "seq">): PackHead => ({
  sequence: seq,
  first: Number(header.get(name.first)),
  count: Number(header.get(name.count)),
  publishedAt: Number(header.get(name.published)),
  parts: list(header.get(name.parts)).map(Number)
})

/** The identities of the messages in one message of NATS. */
export const identitiesOf = ({ header }: Pick<StoredMsg, "header">): ReadonlyArray<string> =>
  list(header.get(name.identities))

/** The place of the last message. */
export const endOf = ({ count, first }: Pick<PackHead, "count" | "first">): number => first + count - 1

type Whole = Pick<StoredMsg, "data" | "header" | "seq">

/** Reads a batch: its parts, and the message of NATS that names them. */
export const decode = (parts: ReadonlyArray<Whole>, last: Whole): Pack => {
  const all = [...parts, last]
  return {
    ...headOf(last),
    keys: all.flatMap(({ header }) => list(header.get(name.keys))),
    texts: all.flatMap(({ data, header }) => {
      const body = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString()
      let from = 1
      return list(header.get(name.lengths)).map((length) => {
        const to = from + Number(length)
        const text = body.slice(from, to)
        from = to + between.length
        return text
      })
    }),
    size: all.reduce((size, { data }) => size + data.byteLength, 0)
  }
}
