/**
 * The fenced blocks of a markdown document, and the comment above a block that says where its text comes from.
 *
 * - `<!-- snippet: path/to/File.ts#name -->`: the lines between `// #region name` and `// #endregion name` of a file;
 * - `<!-- snippet: path/to/file -->`: the whole file;
 * - `<!-- output: npm run example E61 -->`: what the command prints;
 * - `<!-- answer -->` or `<!-- answer: etag, location -->`: what the curl command above answers, as status line, the
 *   named headers and body.
 *
 * A block without such a comment is prose: a command to type, a drawing.
 */

/** Where the text of a block comes from. */
export interface Origin {
  readonly kind: "snippet" | "output" | "answer"
  readonly argument: string
}

/** A fenced block. */
export interface Block {
  /** The line of its opening fence, from 1. */
  readonly line: number
  /** How many lines are between the fences: none, or those of the text. */
  readonly length: number
  readonly language: string
  /** The lines between the fences. */
  readonly text: string
  readonly origin: Origin | undefined
}

const opening = /^```(\w*)$/u
const fence = /^\s*(?:`{3}|~{3})/u
const origin = /^<!-- (snippet|output|answer)(?:: (.+))? -->$/u

/** The blocks of a document in their order. */
export const parse = (markdown: string): ReadonlyArray<Block> => {
  const lines = markdown.split("\n")
  const blocks: Array<Block> = []
  for (let at = 0; at < lines.length; at++) {
    const language = opening.exec(lines[at] ?? "")?.[1]
    if (language === undefined) continue
    const end = lines.indexOf("```", at + 1)
    if (end === -1) break
    // The formatter keeps an empty line between a comment and the block below it.
    const above = lines[at - 1] === "" ? lines[at - 2] : lines[at - 1]
    const inside = lines.slice(at + 1, end)
    blocks.push({
      line: at + 1,
      length: inside.length,
      language,
      text: inside.join("\n"),
      origin: originOf(above ?? "")
    })
    at = end
  }
  return blocks
}

/** The lines, from 1, of fences that belong to none of {@link parse}: not closed, or longer, so that nobody checks what is inside. */
export const stray = (markdown: string): ReadonlyArray<number> => {
  const blocks = parse(markdown)
  const isInside = (line: number) => blocks.some((block) => line >= block.line && line <= block.line + block.length + 1)
  return markdown.split("\n").flatMap((text, at) => (fence.test(text) && !isInside(at + 1) ? [at + 1] : []))
}

/** The document with other texts in its blocks, one for each of {@link parse}, in order. */
export const replace = (markdown: string, texts: ReadonlyArray<string>): string => {
  const lines = markdown.split("\n")
  const blocks = parse(markdown)
  // From the last to the first, so that the lines of the blocks before stay where they are.
  blocks.toReversed().forEach((block, index) => {
    const text = texts[blocks.length - 1 - index] ?? block.text
    lines.splice(block.line, block.length, ...text.split("\n"))
  })
  return lines.join("\n")
}

const originOf = (line: string): Origin | undefined => {
  const [, kind, argument = ""] = origin.exec(line) ?? []
  return kind === "snippet" || kind === "output" || kind === "answer" ? { kind, argument } : undefined
}
