/** The official SDK of CloudEvents parses and validates what we write, and we read what it writes. */
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Result } from "effect"
import { CloudEvent as SdkEvent, HTTP } from "cloudevents"
import { CloudEvent, CloudEventHttp } from "../src/index.ts"
import { arbitrary, orderPlaced } from "./Messages.ts"

/** What the SDK has found, to compare with what we wrote; it throws on what it does not find valid. */
const found = (parsed: unknown) => {
  assert.instanceOf(parsed, SdkEvent)
  assert.isTrue(parsed.validate())
  const json: unknown = JSON.parse(JSON.stringify(parsed))
  return json
}

const expected = ({ extensions, ...message }: CloudEvent.CloudEvent) => ({
  ...message,
  ...extensions,
  time: DateTime.formatIso(message.time)
})

describe("the SDK of CloudEvents", () => {
  it.prop("parses and validates structured messages", { message: arbitrary }, ({ message }) => {
    const body = Result.getOrThrow(CloudEvent.toText(message))
    const headers = { "content-type": "application/cloudevents+json" }
    assert.isTrue(HTTP.isEvent({ headers, body }))
    assert.deepStrictEqual(found(HTTP.toEvent({ headers, body })), expected(message))
  })

  it("parses and validates messages in headers", () => {
    const binary = Result.getOrThrow(CloudEventHttp.toBinary(orderPlaced))
    const message = { headers: { ...binary.headers }, body: binary.body }
    assert.isTrue(HTTP.isEvent(message))
    assert.deepStrictEqual(found(HTTP.toEvent(message)), expected(orderPlaced))
  })

  it("writes what we read, in both modes", () => {
    const theirs = new SdkEvent({ ...expected(orderPlaced) })
    const structured = HTTP.structured(theirs)
    assert.deepStrictEqual(Result.getOrThrow(CloudEvent.fromText(String(structured.body))), orderPlaced)
    const { body, headers } = HTTP.binary(theirs)
    const texts = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
    assert.deepStrictEqual(
      Result.getOrThrow(CloudEventHttp.fromBinary({ headers: texts, body: String(body) })),
      orderPlaced
    )
  })
})
