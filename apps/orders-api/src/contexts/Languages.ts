/**
 * What the contexts of the system say to each other in messages: the list a new published language is added to, and its
 * documents, a JSON Schema per message and one AsyncAPI document.
 *
 * `npm run schemas` writes them to `docs/`, where they are the record of what is published; `test/messages.test.ts` refuses
 * those that are not up to date, and changes that others would not bear.
 */
import { PublishedMessage } from "@eventfold/decider"
import { CatalogMessages } from "@eventfold/domain-catalog/published"
import { CustomersMessages } from "@eventfold/domain-customers/published"
import { InventoryMessages } from "@eventfold/domain-inventory/published"
import { OrderingMessages } from "@eventfold/domain-ordering/published"
import { PaymentsMessages } from "@eventfold/domain-payments/published"
import { ShippingMessages } from "@eventfold/domain-shipping/published"
import { AsyncApi, OutboxRelay } from "@eventfold/messaging"
import type { Result, Schema } from "effect"
import packageJson from "../../package.json" with { type: "json" }
import { map } from "./Contexts.ts"

/**
 * What the addresses of the JSON Schemas begin with. It is a name, which messages carry wherever they go: the service answers
 * the documents under its own `/schemas`.
 */
export const schemas = "https://eventfold.example/schemas"

/** The published languages of the system. */
export const languages: ReadonlyArray<PublishedMessage.PublishedLanguage> = [
  OrderingMessages.language,
  InventoryMessages.language,
  PaymentsMessages.language,
  ShippingMessages.language,
  CatalogMessages.language,
  CustomersMessages.language
]

/** A message of the system by its type. */
export const find = (
  type: string
): Result.Result<PublishedMessage.MessageType, PublishedMessage.MessageNotUnderstood> => {
  const [context = ""] = type.split(".")
  const language = languages.find((one) => one.context === context)
  return PublishedMessage.find(language ?? PublishedMessage.language(context, []), type)
}

/** Makes the JSON Schema of a message. */
export const schemaDocument = (message: PublishedMessage.MessageType): Schema.JsonObject =>
  PublishedMessage.jsonSchema(message, OutboxRelay.schemaOf(schemas, message.type))

/** Makes the JSON Schema of every message, by its type. */
export const schemaDocuments = (): ReadonlyMap<string, Schema.JsonObject> =>
  new Map(
    languages.flatMap(({ messages }) => messages.map((message) => [message.type, schemaDocument(message)] as const))
  )

/** Makes the AsyncAPI document of all of it, with who hears what as the context map declares it. */
export const asyncApi = (): Schema.JsonObject =>
  AsyncApi.document({
    title: "eventfold orders",
    version: packageJson.version,
    description:
      "What the contexts of the order service say to each other: CloudEvents 1.0 with data in JSON, at least once, in order per key.",
    languages,
    hearing: map.contexts.map(({ hears, name }) => ({ context: name, hears })),
    schemas
  })
