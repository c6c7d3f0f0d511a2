/**
 * What contexts say to each other as one AsyncAPI document (3.1): a channel per topic, which is a context; the messages of its
 * published language with their JSON Schemas; what it sends there, and who receives which of them.
 *
 * Guarantees: the document refers to nothing that is not in it, and is the same each time for the same languages.
 *
 * Gotcha: AsyncAPI knows no `$defs`. Definitions are components of the document, under their own name where all messages
 * mean the same by it, and under that of the message else.
 */
import { PublishedMessage } from "@eventfold/decider"
import type { Schema } from "effect"
import { schemaOf } from "./OutboxRelay.ts"

/** Who hears what others say. */
export interface Hearing {
  readonly context: string
  /** Types of messages. */
  readonly hears: ReadonlyArray<string>
}

/** What is needed to describe it. */
export interface Description {
  readonly title: string
  readonly version: string
  readonly description: string
  readonly languages: ReadonlyArray<PublishedMessage.PublishedLanguage>
  readonly hearing: ReadonlyArray<Hearing>
  /** Where the JSON Schemas are: an absolute address, to which `/<type>.json` is added. */
  readonly schemas: string
}

type Json = Schema.JsonObject

/** The document. What somebody hears that is in no language is left out. */
export const document = (description: Description): Json => {
  const { hearing, languages, schemas, title, version } = description
  const messages = languages.flatMap((language) => language.messages)
  const parts = messages.map((message) => partsOf(message, schemaOf(schemas, message.type)))
  const nameIn = namesOf(parts)
  return {
    asyncapi: "3.1.0",
    info: { title, version, description: description.description, license: { name: "MIT" } },
    defaultContentType: "application/json",
    channels: Object.fromEntries(languages.map((language) => [language.context, channelOf(language)])),
    operations: Object.fromEntries([...languages.map(sending), ...hearing.flatMap((one) => receiving(one, languages))]),
    components: {
      messages: Object.fromEntries(parts.map((part) => [part.type, messageOf(part)])),
      schemas: {
        [attributesName]: attributes,
        ...Object.fromEntries(parts.flatMap((part) => schemasOf(part, nameIn)))
      }
    }
  }
}

const ref = (...path: ReadonlyArray<string>): Json => ({ $ref: `#/${path.join("/")}` })

const channelOf = ({ context, messages }: PublishedMessage.PublishedLanguage): Json => ({
  address: context,
  title: `What ${context} says`,
  description:
    "A topic of the message broker. Messages of one partition key are delivered in order, each at least once.",
  messages: Object.fromEntries(messages.map(({ type }) => [type, ref("components", "messages", type)]))
})

const sending = ({ context, messages }: PublishedMessage.PublishedLanguage): readonly [string, Json] => [
  `${context}.says`,
  {
    action: "send",
    channel: ref("channels", context),
    title: `${context} says what its events mean to others`,
    messages: messages.map(({ type }) => ref("channels", context, "messages", type))
  }
]

const receiving = (
  { context, hears }: Hearing,
  languages: ReadonlyArray<PublishedMessage.PublishedLanguage>
): ReadonlyArray<readonly [string, Json]> =>
  languages.flatMap((language): ReadonlyArray<readonly [string, Json]> => {
    const heard = language.messages.filter(({ type }) => hears.includes(type))
    const operation = {
      action: "receive",
      channel: ref("channels", language.context),
      title: `${context} acts upon what ${language.context} says`,
      messages: heard.map(({ type }) => ref("channels", language.context, "messages", type))
    }
    return heard.length === 0 ? [] : [[`${context}.hears.${language.context}`, operation]]
  })

/** The JSON Schema of a message, apart. */
interface Parts {
  readonly type: string
  readonly id: string
  readonly content: Json
  readonly definitions: Json
}

const partsOf = (message: PublishedMessage.MessageType, id: string): Parts => {
  const { $defs, $id, $schema, ...content } = PublishedMessage.jsonSchema(message, id)
  return { type: message.type, id, content, definitions: isNode($defs) ? $defs : {} }
}

const messageOf = ({ content, id, type }: Parts): Json => ({
  name: type,
  title: type,
  ...(typeof content["description"] === "string" ? { summary: content["description"] } : {}),
  contentType: "application/json",
  headers: {
    allOf: [
      ref("components", "schemas", attributesName),
      { type: "object", properties: { type: { const: type }, dataschema: { const: id } } }
    ]
  },
  correlationId: { location: "$message.header#/correlationid" },
  payload: ref("components", "schemas", type),
  externalDocs: { description: "Its JSON Schema (2020-12)", url: id }
})

const schemasOf = (part: Parts, nameIn: NameIn): ReadonlyArray<readonly [string, Schema.Json]> => {
  const referring = (json: Schema.Json): Schema.Json => {
    if (Array.isArray(json)) return json.map(referring)
    if (!isNode(json)) return json
    return Object.fromEntries(
      Object.entries(json).map(([key, value]) => {
        const name = key === "$ref" && typeof value === "string" ? definitionIn(value) : undefined
        return [key, name === undefined ? referring(value) : `#/components/schemas/${nameIn(part, name)}`]
      })
    )
  }
  return [
    [part.type, referring(part.content)],
    ...Object.entries(part.definitions).map(([name, one]) => [nameIn(part, name), referring(one)] as const)
  ]
}

type NameIn = (part: Parts, definition: string) => string

/** Under which name a definition of a message is a component: its own, where all mean the same by it and what it refers to. */
const namesOf = (all: ReadonlyArray<Parts>): NameIn => {
  const texts = new Map<string, Set<string>>()
  for (const { definitions } of all) {
    for (const [name, one] of Object.entries(definitions)) {
      texts.set(name, (texts.get(name) ?? new Set()).add(JSON.stringify(one)))
    }
  }
  const own = new Set(Array.from(texts).flatMap(([name, said]) => (said.size > 1 ? [name] : [])))
  for (let before = -1; before < own.size;) {
    before = own.size
    for (const [name, said] of texts) {
      if (Array.from(said).some((text) => referredTo(text).some((other) => own.has(other)))) own.add(name)
    }
  }
  return ({ type }, name) => (own.has(name) ? `${type}.${name}` : name)
}

const definitionIn = (reference: string): string | undefined => /^#\/\$defs\/(.+)$/u.exec(reference)?.[1]

const referredTo = (text: string): ReadonlyArray<string> =>
  Array.from(text.matchAll(/"\$ref":"#\/\$defs\/([^"]+)"/gu), ([, name = ""]) => name)

const isNode = (json: Schema.Json | undefined): json is Json =>
  typeof json === "object" && json !== null && !Array.isArray(json)

const attributesName = "CloudEventAttributes"

const text = (description: string): Json => ({ type: "string", description })

/** The attributes of CloudEvents 1.0 that every message has. */
const attributes: Json = {
  type: "object",
  description: "The attributes of CloudEvents 1.0. There may be more of them.",
  properties: {
    specversion: { const: "1.0" },
    id: text("Of one source no two messages have the same: who has seen it has seen the message."),
    source: text("The context that says it, such as /contexts/ordering."),
    type: text("What is said, and in which version."),
    subject: text("What it is about: the id of the stream of its event."),
    time: { type: "string", format: "date-time", description: "When it happened in the business." },
    datacontenttype: { const: "application/json" },
    dataschema: { type: "string", format: "uri", description: "The JSON Schema of what it says." },
    partitionkey: text("Messages of one key are delivered in order."),
    correlationid: text("The same for everything that follows from one request."),
    causationid: text("The id of the event that led to it."),
    tenantid: text("Whose it is."),
    traceparent: text("The trace it belongs to, as W3C has it.")
  },
  required: [
    "specversion",
    "id",
    "source",
    "type",
    "subject",
    "time",
    "datacontenttype",
    "dataschema",
    "partitionkey",
    "correlationid",
    "causationid"
  ]
}
