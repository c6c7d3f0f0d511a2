/** The checks of the documents, shown to fail on what is wrong. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import * as Blocks from "./Blocks.ts"
import * as Curl from "./Curl.ts"
import { steady } from "./Document.ts"
import * as Links from "./Links.ts"
import * as Snippet from "./Snippet.ts"

const markdown = [
  "# Title",
  "<!-- snippet: a.ts#one -->",
  "",
  "```ts",
  "const a = 1",
  "```",
  "",
  "```sh",
  "npm start",
  "```"
].join("\n")

describe("the blocks of a document", () => {
  it("know where their text comes from", () => {
    assert.deepStrictEqual(Blocks.parse(markdown), [
      { line: 4, length: 1, language: "ts", text: "const a = 1", origin: { kind: "snippet", argument: "a.ts#one" } },
      { line: 8, length: 1, language: "sh", text: "npm start", origin: undefined }
    ])
  })

  it("take a longer text without moving the others", () => {
    const changed = Blocks.replace(markdown, ["const a = 1\nconst b = 2", "npm test"])
    assert.deepStrictEqual(
      Blocks.parse(changed).map(({ text }) => text),
      ["const a = 1\nconst b = 2", "npm test"]
    )
    assert.strictEqual(Blocks.replace(markdown, ["const a = 1", "npm start"]), markdown)
  })

  it("are filled when they are empty, and closed as before", () => {
    const empty = markdown.replace("const a = 1\n", "")
    assert.strictEqual(Blocks.replace(empty, ["const a = 1", "npm start"]), markdown)
  })

  it("are all fences there are, unless one is not closed or is longer", () => {
    assert.deepStrictEqual(Blocks.stray(markdown), [])
    assert.deepStrictEqual(Blocks.stray(markdown.slice(0, -3)), [8])
    assert.deepStrictEqual(Blocks.stray(`\`\`\`\`md\n${markdown}\n\`\`\`\``), [1, 12])
  })
})

describe("a region", () => {
  const source = ["// #region a", "  one", "  // #region b", "    two", "  // #endregion b", "// #endregion a"].join(
    "\n"
  )

  it("is moved to the margin, without the marks of other regions", () => {
    assert.deepStrictEqual(Snippet.region(source, "a"), Result.succeed("one\n  two"))
    assert.deepStrictEqual(Snippet.region(source, "b"), Result.succeed("two"))
  })

  it("must stand there once", () => {
    assert.isTrue(Result.isFailure(Snippet.region(source, "c")))
    assert.isTrue(Result.isFailure(Snippet.region(`${source}\n${source}`, "a")))
  })
})

describe("a curl command", () => {
  it.effect("is read with its method, headers and body", () =>
    Effect.gen(function* () {
      const command =
        "curl -i -X PUT http://a/b \\\n  -H 'X-One: a: b' -H 'content-type: application/json' -d '{\"c\": 1}'"
      assert.deepStrictEqual(yield* Curl.parse(command), {
        method: "PUT",
        url: "http://a/b",
        headers: { "x-one": "a: b", "content-type": "application/json" },
        body: '{"c": 1}'
      })
      assert.strictEqual((yield* Curl.parse("curl http://a -d b")).method, "POST")
    })
  )

  it.effect("that cannot be performed is refused", () =>
    Effect.gen(function* () {
      for (const [command, word] of [
        ["wget http://a", "wget"],
        ["curl --insecure http://a", "--insecure"],
        ["curl -s", "(no URL)"]
      ] as const) {
        assert.strictEqual((yield* Effect.flip(Curl.parse(command))).word, word)
      }
    })
  )
})

describe("an answer", () => {
  const [one, other] = ["0190f5a2-7c4e-7b1a-9d3f-2f6f0c1d8e55", "0190f5a2-7c4e-7b1a-9d3f-2f6f0c1d8e56"]

  it("is the same at another time and with other generated ids", () => {
    assert.strictEqual(
      steady(`at 2026-01-01T00:00:00.000Z ${one} ${one}`),
      steady(`at 2026-01-02T00:00:00Z ${other} ${other}`)
    )
  })

  it("is another one when ids that were equal differ", () => {
    assert.notStrictEqual(steady(`${one} ${one}`), steady(`${one} ${other}`))
  })
})

describe("the links of a document", () => {
  it("are those that stay in the repository", () => {
    assert.deepStrictEqual(Links.parse("[a](b.md#c-d) [e](https://f.org/g) [h](#i) ![j](k/l.svg)"), [
      { path: "b.md", heading: "c-d" },
      { path: "", heading: "i" },
      { path: "k/l.svg", heading: "" }
    ])
  })

  it("lead to headings by the names GitHub gives them", () => {
    assert.deepStrictEqual([...Links.headings("# Test it\ntext\n## 7. What, `then`?\n")], ["test-it", "7-what-then"])
  })
})
