/**
 * A document of the repository with everything it shows brought up to date from where it comes from.
 *
 * {@link refreshed} answers the text the document should have: snippets are read from their files, commands are run,
 * requests are sent to a service started for the document. What differs from run to run (times, generated ids,
 * durations) keeps the text it has when nothing else has changed; {@link steady} takes it out for comparison.
 */
import { Effect, FileSystem, Schema } from "effect"
import { ChildProcess, ChildProcessSpawner } from "effect/process"
import * as Blocks from "./Blocks.ts"
import * as Curl from "./Curl.ts"
import { OrdersApi } from "./OrdersApi.ts"
import * as Snippet from "./Snippet.ts"

/** The root of the repository. */
export const root = `${import.meta.dirname}/../..`

/** The documents whose blocks are checked, as paths from the root. */
export const documents = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const guides = yield* fs.readDirectory(`${root}/docs/guides`)
  return [
    "README.md",
    "docs/README.md",
    "docs/requirements.md",
    ...guides
      .filter((name) => name.endsWith(".md"))
      .toSorted()
      .map((name) => `docs/guides/${name}`)
  ]
})

/** The text of a document. */
export const read = (path: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFileString(`${root}/${path}`))

/** A block whose text cannot be brought up to date; `problem` says why. */
export class NotRefreshable extends Schema.TaggedError<NotRefreshable>()("NotRefreshable", {
  document: Schema.String,
  line: Schema.Int,
  problem: Schema.String
}) {
  override get message() {
    return `${this.document}:${this.line}: ${this.problem}`
  }
}

/** The text a document should have. */
export const refreshed = Effect.fn("Document.refreshed")(function* (path: string) {
  const markdown = yield* read(path)
  const blocks = Blocks.parse(markdown)
  const texts: Array<string> = []
  for (const [index, block] of blocks.entries()) {
    const fresh = yield* textOf(block, blocks[index - 1]).pipe(
      Effect.mapError((error) => new NotRefreshable({ document: path, line: block.line, problem: error.message }))
    )
    texts.push(steady(fresh) === steady(block.text) ? block.text : fresh)
  }
  return Blocks.replace(markdown, texts)
})

/** The text with numbered names for what differs from run to run: equal ids stay equal. */
export const steady = (text: string): string => {
  const ids: Array<string> = []
  return text
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/gu, "<time>")
    .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gu, (id) => {
      if (!ids.includes(id)) ids.push(id)
      return `<id ${ids.indexOf(id) + 1}>`
    })
}

const textOf = Effect.fnUntraced(function* (block: Blocks.Block, above: Blocks.Block | undefined) {
  switch (block.origin?.kind) {
    case undefined:
      return block.text
    case "snippet":
      return yield* snippet(block.origin.argument)
    case "output":
      return yield* output(block.origin.argument)
    case "answer":
      return yield* answer(above?.text ?? "", block.origin.argument)
  }
})

const snippet = Effect.fnUntraced(function* (argument: string) {
  const [path = "", region] = argument.split("#")
  const source = yield* read(path)
  return region === undefined ? source.trim() : yield* Effect.fromResult(Snippet.region(source, region))
})

const Scripts = Schema.fromJsonString(Schema.Struct({ scripts: Schema.Record(Schema.String, Schema.String) }))

/** The scripts of the root's package.json by name. */
export const scripts = Effect.flatMap(read("package.json"), (text) =>
  Effect.map(Schema.decodeEffect(Scripts)(text), (manifest) => manifest.scripts)
)

/** What `npm run NAME ARGUMENTS` prints; the script is started as npm would, without npm's own lines around it. */
const output = Effect.fnUntraced(function* (command: string) {
  const [npm, run, name = "", ...rest] = command.split(" ")
  const [program, ...fixed] = ((yield* scripts)[name] ?? "").split(" ")
  if (npm !== "npm" || run !== "run" || program !== "node") {
    return yield* new Curl.NotUnderstood({ command, word: name })
  }
  const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
  const given = rest[0] === "--" ? rest.slice(1) : rest
  const printed = yield* spawner.string(ChildProcess.make(process.execPath, [...fixed, ...given], { cwd: root }))
  return printed.trimEnd()
})

const answer = Effect.fnUntraced(function* (command: string, headers: string) {
  const curl = yield* Curl.parse(command)
  const { url } = yield* OrdersApi
  // Documents show the address a reader will use; here the service listens on a free port.
  const here = { ...curl, url: curl.url.replace(OrdersApi.shown, url) }
  const shown = headers === "" ? [] : headers.split(", ")
  return (yield* Curl.perform(here, shown)).replaceAll(url, OrdersApi.shown)
})
