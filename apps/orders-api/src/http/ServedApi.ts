/**
 * The part of the API that a process serves: the groups of the contexts it hosts, and those that every process serves. Its
 * OpenAPI document is that of this part.
 */
import { Predicate } from "effect"
import { HttpApi, OpenApi } from "effect/http-api"
import type { Hosted } from "../contexts/Hosting.ts"
import { Api } from "./Api.ts"
import { polished } from "./ApiDescription.ts"
import { HealthApi } from "./HealthApi.ts"
import { isPathServed } from "./Paths.ts"
import { isServed } from "./ServedBy.ts"

/**
 * The API of a process. The type is that of the whole API, because which contexts a process hosts is not known before it runs: so
 * there are handlers for every group, and those of groups that are not served get no route.
 */
export const servedApi = ({ contexts }: { readonly contexts: Hosted }): typeof Api => {
  if (contexts === "all") return Api
  const hosted = new Set<string>(contexts)
  const [first = HealthApi, ...others] = Object.values(Api.groups).filter((group) => isServed(group, hosted))
  const part = HttpApi.make(Api.identifier)
    .add(first, ...others)
    .annotateMerge(Api.annotations)
    .annotate(OpenApi.Transform, (document) => polished(withPathsOf(hosted, document)))
  // The only place where a part passes for the whole; groups have kept their middleware, and the annotations are those of the whole.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return part as unknown as typeof Api
}

/** A group that every process serves may have an endpoint of one context. */
const withPathsOf = (hosted: ReadonlySet<string>, document: Readonly<Record<string, unknown>>) => {
  const { paths } = document
  if (!Predicate.isObject(paths)) return document
  const isHere = ([path]: readonly [string, unknown]) => isPathServed(path, (context) => hosted.has(context))
  return { ...document, paths: Object.fromEntries(Object.entries(paths).filter(isHere)) }
}
