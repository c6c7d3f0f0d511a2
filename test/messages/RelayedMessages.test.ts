/**
 * Every message that the service publishes is what it claims to be, by the judgement of others: the relays say all there is to
 * say, the official SDK of CloudEvents parses and validates each message in both modes, and Ajv finds its data as the schema that
 * it names says.
 */
import { NodeFileSystem } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { CloudEvent, CloudEventHttp } from "@eventfold/messaging"
import { Ajv2020 } from "ajv/dist/2020.js"
import { CloudEvent as SdkEvent, HTTP } from "cloudevents"
import { DateTime, Effect, Result } from "effect"
import * as Documents from "./Documents.ts"
import { relayed, storedStreams, unsaid } from "./RelayedMessages.ts"

/** What the SDK reads, as JSON; it throws on what it does not find valid. */
const parsed = (message: Parameters<typeof HTTP.toEvent>[0]) => {
  assert.isTrue(HTTP.isEvent(message))
  const event = HTTP.toEvent(message)
  assert.instanceOf(event, SdkEvent)
  assert.isTrue(event.validate())
  const json: unknown = JSON.parse(JSON.stringify(event))
  return { json, data: event.data, dataschema: event.dataschema ?? "" }
}

/** A message in structured and in binary form. */
const formsOf = (message: CloudEvent.CloudEvent) => {
  const { body, headers } = Result.getOrThrow(CloudEventHttp.toBinary(message))
  const text = Result.getOrThrow(CloudEvent.toText(message))
  return [
    { headers: { "content-type": "application/cloudevents+json" }, body: text },
    { headers: { ...headers }, body }
  ]
}

/** What the SDK has to find. */
const expected = ({ extensions, ...message }: CloudEvent.CloudEvent) => ({
  ...message,
  ...extensions,
  time: DateTime.formatIso(message.time)
})

layer(NodeFileSystem.layer)("what the relays say of all golden events", (it) => {
  it.effect("is every published message, each valid to the SDK of CloudEvents and to the schema it names", () =>
    Effect.gen(function* () {
      const { letters, messages, statuses } = yield* relayed(yield* storedStreams)
      assert.deepStrictEqual(letters, [], "the relays cannot say what these events mean")
      assert.deepStrictEqual(
        statuses.filter(({ lagMillis, problem, state }) => state !== "live" || problem !== undefined || lagMillis > 0),
        []
      )
      assert.deepStrictEqual(unsaid(messages), [], "no golden event makes the relays say these")

      const ajv = new Ajv2020({ strict: true, validateFormats: false })
      for (const [type, document] of yield* Documents.published) ajv.addSchema(document, type)
      for (const message of messages) {
        for (const form of formsOf(message)) {
          const { data, dataschema, json } = parsed(form)
          assert.deepStrictEqual(json, expected(message))
          const validate = ajv.getSchema(dataschema)
          assert(validate !== undefined, `${message.type}: there is no schema ${dataschema}`)
          assert.strictEqual(validate.schema, ajv.getSchema(message.type)?.schema, "it names the schema of its type")
          assert.isTrue(validate(data), `${message.type}: ${ajv.errorsText(validate.errors)}`)
        }
      }
    })
  )

  it.effect("lacks a message, which is named, when no event means it", () =>
    Effect.gen(function* () {
      const without = (yield* storedStreams).filter(({ events }) =>
        events.every(({ type }) => type !== "ShipmentDelayed")
      )
      const { messages } = yield* relayed(without)
      assert.deepStrictEqual(unsaid(messages), ["shipping.shipment-delayed.v1"])
    })
  )
})
