/**
 * The documents of the published messages are up to date, are what they say they are by the judgement of others (Ajv, and the
 * official parser of AsyncAPI), and no published message is changed in a way that its readers would not bear.
 */
import { Parser } from "@asyncapi/parser"
import { NodeFileSystem } from "@effect/platform-node"
import { assert, describe, it, layer } from "@effect/vitest"
import { PublishedMessage } from "@eventfold/decider"
import { SchemaCompatibility } from "@eventfold/messaging"
import { asyncApi, languages, schemaDocuments } from "@eventfold/orders-api/contexts/Languages"
import { map } from "@eventfold/orders-api/contexts/Contexts"
import { Arbitrary, Effect, Predicate, Result, type Schema } from "effect"
import { Ajv2020 } from "ajv/dist/2020.js"
import * as Documents from "./messages/Documents.ts"

const messages = languages.flatMap((language) => language.messages)

layer(NodeFileSystem.layer)("the documents of the published messages", (it) => {
  it.effect("change no message that is published", () =>
    Effect.gen(function* () {
      const refused = yield* Documents.refused
      assert.deepStrictEqual(refused, [])
    })
  )

  it.effect("are up to date", () =>
    Effect.gen(function* () {
      const outdated = (yield* Documents.outdated).map(({ path }) => path)
      assert.deepStrictEqual(outdated, [], 'run "npm run schemas"')
    })
  )

  it.effect("are there, and are what a change is held to", () =>
    Effect.gen(function* () {
      const published = yield* Documents.published
      assert.deepStrictEqual([...published.keys()], messages.map(({ type }) => type).toSorted())
      for (const [type, document] of published) {
        const [field = "", ...fields] = Object.entries(fieldsOf(document))
        const changed = { ...document, properties: Object.fromEntries(fields) }
        const [refusal] = SchemaCompatibility.check(published, new Map([...published, [type, changed]]))
        assert.include(refusal?.message, `${field[0]}: the field is gone`)
        assert.include(refusal?.message, `publish ${type.replace(/1$/u, "2")} beside it`)
      }
    })
  )
})

describe("the published languages", () => {
  it("say in words what each message is", () => {
    for (const [type, { description }] of schemaDocuments()) {
      const words = typeof description === "string" ? description : ""
      assert.match(words, /^[A-Z].+\.$/u, `${type}: annotate its content with a description`)
    }
  })

  it("are those that the contexts declare", () => {
    assert.sameMembers(
      messages.map(({ type }) => type),
      map.contexts.flatMap(({ says }) => says)
    )
  })
})

/** Formats only describe, as the specification has it; a keyword that is unknown, or in the wrong place, is refused. */
const ajv = new Ajv2020({ strict: true, validateFormats: false })
const documents = schemaDocuments()

/** A document as Ajv reads it. */
const validator = (type: string) => {
  const validate = ajv.compile(documents.get(type) ?? {})
  return (data: unknown) => validate(data)
}

function fieldsOf({ properties }: Schema.JsonObject): Schema.JsonObject {
  return isObject(properties) ? properties : {}
}

function isObject(json: Schema.Json | undefined): json is Schema.JsonObject {
  return Predicate.isObject(json) && !Array.isArray(json)
}

/** A message as others get it. */
const jsonOf = (message: PublishedMessage.MessageType, content: unknown): Schema.JsonObject => {
  const json = Result.getOrThrow(PublishedMessage.say(message, content).data)
  assert(isObject(json))
  return json
}

describe("the JSON Schema of", () => {
  for (const message of messages) {
    const { type } = message
    const isValid = validator(type)
    const contents = Arbitrary.schema(message.Content)

    it.prop(
      `${type} is JSON Schema 2020-12, and accepts whatever can be said`,
      [contents],
      ([content]) => {
        assert.isTrue(isValid(jsonOf(message, content)))
      },
      { arbitrary: { runs: 50 } }
    )

    it.prop(
      `${type} refuses what the message is not`,
      [contents],
      ([content]) => {
        const json = jsonOf(message, content)
        for (const [field, value] of Object.entries(json)) {
          const { [field]: _, ...without } = json
          const isOptional = isValid(without)
          assert.strictEqual(isOptional, Result.isSuccess(PublishedMessage.read(message, without)), field)
          for (const wrong of [null, { ...json }, [null], true, 0.5, typeof value === "string" ? "" : "3"]) {
            assert.isFalse(isValid({ ...json, [field]: wrong }), `${field}: ${JSON.stringify(wrong)}`)
          }
        }
      },
      { arbitrary: { runs: 20 } }
    )

    it.prop(
      `${type} lets a message say more than its readers know`,
      [contents],
      ([content]) => {
        const more = { ...jsonOf(message, content), somethingNew: { by: "a later version of the program" } }
        assert.isTrue(isValid(more))
        assert.isTrue(Result.isSuccess(PublishedMessage.read(message, more)))
      },
      { arbitrary: { runs: 10 } }
    )
  }
})

describe("the AsyncAPI document", () => {
  const read = (document: Schema.JsonObject) => Effect.promise(() => new Parser().parse(JSON.stringify(document)))

  it.effect("is AsyncAPI 3.1 to the official parser, which has nothing to say against it", () =>
    Effect.gen(function* () {
      const { diagnostics, document } = yield* read(asyncApi())
      assert.deepStrictEqual(
        diagnostics.map(({ message, path }) => `${path.join(".")}: ${message}`),
        []
      )
      assert.strictEqual(document?.version(), "3.1.0")
      const types = languages.map((language) => language.messages.map(({ type }) => type))
      const channels = document?.channels().all() ?? []
      assert.deepStrictEqual(
        channels.map((channel) =>
          channel
            .messages()
            .all()
            .map((message) => message.name())
        ),
        types
      )
      const said = document?.operations().filterBySend() ?? []
      assert.deepStrictEqual(
        said.map((operation) =>
          operation
            .messages()
            .all()
            .map((message) => message.name())
        ),
        types
      )
    })
  )

  it.effect("is refused when it refers to what is not there", () =>
    Effect.gen(function* () {
      const { components: _, ...broken } = asyncApi()
      const { diagnostics, document } = yield* read(broken)
      assert.isUndefined(document)
      assert.isTrue(
        diagnostics.some(({ message }) => message.includes("does not exist")),
        diagnostics[0]?.message
      )
    })
  )
})
