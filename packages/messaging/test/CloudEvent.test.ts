import { assert, describe, it } from "@effect/vitest"
import { DateTime, Result } from "effect"
import { CloudEvent, CloudEventHttp } from "../src/index.ts"
import { arbitrary, orderPlaced } from "./Messages.ts"

const json = (changes: Readonly<Record<string, unknown>> = {}) => ({
  ...Result.getOrThrow(CloudEvent.toJson(orderPlaced)),
  ...changes
})

/** The attributes that are wrong, each with its rule. */
const problemsOf = (result: Result.Result<unknown, CloudEvent.CloudEventNotValid>) =>
  Result.isFailure(result) ? result.failure.problems.map(({ attribute, rule }) => `${attribute} ${rule}`) : []

const decode = (changes: Readonly<Record<string, unknown>>) => problemsOf(CloudEvent.fromJson(json(changes)))

describe("a message", () => {
  it.prop("comes back as it went, as JSON and as headers with a body", { message: arbitrary }, ({ message }) => {
    const text = Result.getOrThrow(CloudEvent.toText(message))
    assert.deepStrictEqual(Result.getOrThrow(CloudEvent.fromText(text)), message)
    const binary = Result.getOrThrow(CloudEventHttp.toBinary(message))
    assert.deepStrictEqual(Result.getOrThrow(CloudEventHttp.fromBinary(binary)), message)
    for (const value of Object.values(binary.headers)) assert.match(value, /^[!#-~]*$/u)
  })

  it("is structured JSON with the names of CloudEvents", () => {
    assert.deepStrictEqual(json(), { ...orderPlaced, time: "2026-01-15T12:00:00.123Z" })
  })

  it("is read in UTC, whatever the offset it came with", () => {
    const message = Result.getOrThrow(CloudEvent.fromJson(json({ time: "2026-01-15t14:00:00.5+02:00" })))
    assert.strictEqual(DateTime.formatIso(message.time), "2026-01-15T12:00:00.500Z")
  })

  it("keeps attributes nobody here knows, as text, and takes null for not there", () => {
    const message = Result.getOrThrow(
      CloudEvent.fromJson(json({ tenantid: null, comment: "x", sampled: true, sequence: -7, unset: null }))
    )
    assert.deepStrictEqual(message.extensions, { comment: "x", sampled: "true", sequence: "-7" })
    assert.notProperty(message, "tenantid")
    assert.propertyVal(Result.getOrThrow(CloudEvent.toJson(message)), "sequence", "-7")
  })

  it("names every attribute that is missing", () => {
    assert.deepStrictEqual(
      problemsOf(CloudEvent.fromJson({ tenantid: "acme" })).toSorted(),
      Object.keys(json())
        .filter((name) => name !== "tenantid" && name !== "traceparent")
        .map((name) => `${name} is missing`)
        .toSorted()
    )
  })

  it("is refused with the attribute and its rule, and nothing of what it holds", () => {
    const wrong: ReadonlyArray<readonly [attribute: string, value: unknown]> = [
      ["specversion", "0.3"],
      ["id", ""],
      ["id", "secret\u0000"],
      ["id", "secret\ufffe"],
      ["id", 7],
      ["source", ""],
      ["source", "secret place"],
      ["source", "1secret:x"],
      ["source", "//host:secret/"],
      ["dataschema", "schemas/secret.json"],
      ["dataschema", "https://x/%zz"],
      ["type", "secret".repeat(30)],
      ["subject", "\ud800"],
      ["time", "2026-02-30T12:00:00Z"],
      ["time", "2026-01-15T24:30:00Z"],
      ["time", "2026-01-15T12:00:00"],
      ["datacontenttype", "text/secret"],
      ["traceparent", `00-${"0".repeat(32)}-00f067aa0ba902b7-01`],
      ["partitionkey", ""],
      ["data_base64", "c2VjcmV0"],
      ["Secret", "x"],
      ["comment", { secret: 1 }],
      ["comment", 1.5],
      ["comment", ""]
    ]
    for (const [attribute, value] of wrong) {
      const problems = decode({ [attribute]: value })
      assert.lengthOf(problems, 1, `${attribute} ${JSON.stringify(value)}`)
      assert.isTrue(problems[0]?.startsWith(`${attribute} `), problems[0])
      assert.notInclude(problems[0]?.slice(attribute.length), "secret")
    }
  })

  it("takes the addresses of RFC 3986", () => {
    for (const source of ["/contexts/ordering", "urn:x:y", "https://u:p@[::1]:80/a?b=c?#d", "a/b:c", "?q", "//h"]) {
      assert.deepStrictEqual(decode({ source }), [], source)
    }
  })

  it("has a bounded number of attributes", () => {
    const many = Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`x${index}`, "y"]))
    assert.deepStrictEqual(decode(many), ["the message must have at most 32 attributes besides those that are known"])
  })

  it("that breaks a rule is not written either", () => {
    const broken = {
      ...orderPlaced,
      subject: "",
      time: DateTime.makeUnsafe(253_402_300_800_000),
      extensions: { id: "2" }
    }
    for (const result of [CloudEvent.toJson(broken), CloudEventHttp.toBinary(broken)]) {
      assert.deepStrictEqual(
        new Set(problemsOf(result).map((problem) => problem.split(" ")[0])),
        new Set(["id", "subject", "time"])
      )
    }
  })

  it("that is no JSON is refused", () => {
    assert.deepStrictEqual(problemsOf(CloudEvent.fromText("{")), ["the message must be JSON"])
    assert.deepStrictEqual(problemsOf(CloudEvent.fromText("[]")), ["the message must be a JSON object"])
  })
})

describe("a message in headers", () => {
  const binary = Result.getOrThrow(CloudEventHttp.toBinary({ ...orderPlaced, subject: 'Grüße "€" 100%' }))

  it("is percent-encoded as CloudEvents over HTTP says", () => {
    assert.strictEqual(binary.headers["ce-subject"], "Gr%C3%BC%C3%9Fe%20%22%E2%82%AC%22%20100%25")
    assert.strictEqual(binary.headers["content-type"], "application/json")
  })

  it("is read whatever the case of their names, quoted or not, beside others", () => {
    const headers = {
      ...binary.headers,
      "ce-subject": '"a \\"b\\" %C3%BC"',
      "Content-Type": "Application/JSON; charset=utf-8",
      Host: "x"
    }
    const message = Result.getOrThrow(CloudEventHttp.fromBinary({ headers, body: binary.body }))
    assert.strictEqual(message.subject, 'a "b" ü')
  })

  it("is refused when it cannot be decoded", () => {
    const wrong = { ...binary.headers, "ce-subject": "%C3", "ce-data": "1" }
    assert.deepStrictEqual(
      problemsOf(CloudEventHttp.fromBinary({ headers: wrong, body: "" })).map((problem) => problem.split(" ")[0]),
      ["subject", "data"]
    )
    assert.deepStrictEqual(problemsOf(CloudEventHttp.fromBinary({ ...binary, body: "{" })), ["data must be JSON"])
  })
})
