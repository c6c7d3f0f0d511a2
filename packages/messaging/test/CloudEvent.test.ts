import { assert, describe, it } from "@effect/vitest"
import { DateTime, Result } from "effect"
import { CloudEvent, CloudEventHttp } from "../src/index.ts"
import * as CloudEventFastPath from "../src/CloudEventFastPath.ts"
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

  it("is refused without the names that no attribute can have, and with as many problems as can be read", () => {
    const names = ["Secret", "secret name", "secret".repeat(50_000), "se\u0000cret", "__proto__x"]
    const foreign = Object.fromEntries(names.map((name, index) => [name, index % 2 === 0 ? "x" : { secret: 1 }]))
    assert.deepStrictEqual(decode(foreign), [
      "an unknown attribute must be a string, a boolean or an integer of 32 bits",
      "an unknown attribute must have a name of 1 to 20 lower-case letters and digits, which is not that of another"
    ])
    const { body, headers } = Result.getOrThrow(CloudEventHttp.toBinary(orderPlaced))
    assert.deepStrictEqual(
      problemsOf(CloudEventHttp.fromBinary({ headers: { ...headers, "ce-secret-name": "%C3" }, body })),
      ["an unknown attribute must be percent-encoded UTF-8 where it is not plain ASCII"]
    )
    const many = decode(Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`x${index}`, ""])))
    assert.lengthOf(many, CloudEvent.mostProblems + 1)
    assert.strictEqual(many.at(-1), "the message has 9961 more attributes that are wrong")
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

  it("is written, or refused, as its schema says, also where the schema is not asked", () => {
    const texts = ["", "x", "x ", "\n", "ä", "\ud800", "😀", "/a b", "x:y", "//h:x/", "a".repeat(63), "a".repeat(64)]
    const long = [128, 129, 256, 257, 512, 513, 1024, 1025, 2048, 2049].map((length) => "a".repeat(length))
    const cyclic: Record<string, unknown> = {}
    cyclic["self"] = cyclic
    let nested: unknown = {}
    for (let levels = 0; levels < 100; levels += 1) nested = levels % 2 === 0 ? [nested] : { nested }
    const others: ReadonlyArray<readonly [attribute: string, values: ReadonlyArray<unknown>]> = [
      ["specversion", ["0.3"]],
      ["datacontenttype", ["text/plain", "application/json; charset=utf-8"]],
      [
        "time",
        [-62_167_219_200_001, -62_167_219_200_000, 253_402_300_799_999, 253_402_300_800_000].map((millis) =>
          DateTime.makeUnsafe(millis)
        )
      ],
      ["time", [0, "2026-01-15T12:00:00Z", DateTime.makeZonedUnsafe(0, { timeZone: "Europe/Vienna" })]],
      ["traceparent", [`00-${"0".repeat(32)}-00f067aa0ba902b7-01`, orderPlaced.traceparent]],
      [
        "data",
        [
          [],
          "x",
          { x: Number.NaN },
          { x: undefined },
          { x: Object.assign([1], { length: 2 }) },
          { x: /x/u },
          { x: new Map() }
        ]
      ],
      ["data", [cyclic, { nested }, { x: 1n }, { toJSON: () => 1 }, { ["__proto__"]: 1 }, Object.create(null)]],
      [
        "data",
        [
          { x: [{ y: -0, z: [true, null] }] },
          { 2: 1, 1: 2 },
          new (class {
            x = 1
          })()
        ]
      ]
    ]
    const all = [
      ...Object.keys(json()).map((attribute) => [attribute, [...texts, ...long, undefined, null, 7, {}]] as const),
      ...others
    ]
    const outcomes = { written: 0, refused: 0 }
    for (const [attribute, values] of all) {
      for (const value of values) {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what a program without types hands over
        const message = { ...orderPlaced, [attribute]: value } as unknown as CloudEvent.CloudEvent
        const [asIs, bySchema] = [CloudEvent.toText(message), CloudEvent.toText({ ...message, extensions: {} })]
        assert.deepStrictEqual(asIs, bySchema, attribute)
        outcomes[Result.isSuccess(asIs) ? "written" : "refused"] += 1
      }
    }
    assert.isAbove(Math.min(outcomes.written, outcomes.refused), 50)
    assert.isDefined(CloudEventFastPath.partsOf({ ...orderPlaced }))
  })

  it.prop("is written as its schema says, whatever it holds", { message: arbitrary }, ({ message }) => {
    const { extensions: _, ...plain } = message
    assert.deepStrictEqual(CloudEvent.toText(plain), CloudEvent.toText({ ...plain, extensions: {} }))
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
