/** The links of a document to other files of the repository, and the headings such a link can lead to. */

/** A link: a path relative to the document (empty: the document itself) and the heading it leads to (empty: none). */
export interface Link {
  readonly path: string
  readonly heading: string
}

/** The links of a document that stay in the repository. */
export const parse = (markdown: string): ReadonlyArray<Link> =>
  Array.from(markdown.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/gu), ([, path = "", heading = ""]) => ({
    path,
    heading
  }))

/** The names under which a document's headings can be linked to, as GitHub makes them. */
export const headings = (markdown: string): ReadonlySet<string> =>
  new Set(
    Array.from(markdown.matchAll(/^#+ (.+)$/gmu), ([, heading = ""]) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{Letter}\p{Number}\s_-]/gu, "")
        .replaceAll(" ", "-")
    )
  )
