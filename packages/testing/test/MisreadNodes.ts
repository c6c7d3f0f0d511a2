/** Specifications that mean something else than they say: for tables and stores that answer wrongly. */
import type { Specification } from "@eventfold/decider"

type Node = Specification.Node

/** The node with every part of it replaced. */
export const replaced = (node: Node, replace: (node: Node) => Node): Node => {
  switch (node._tag) {
    case "And":
      return { ...node, all: node.all.map((part) => replaced(part, replace)) }
    case "Or":
      return { ...node, any: node.any.map((part) => replaced(part, replace)) }
    case "Not":
      return replace({ ...node, denied: replaced(node.denied, replace) })
    default:
      return replace(node)
  }
}

/** A third answer, as in SQL: what is denied of null does not hold either. */
export const nothingIsUnknown = (node: Node): Node =>
  node._tag === "Not" && "field" in node.denied && node.denied._tag !== "IsNull"
    ? { _tag: "And", all: [node, { _tag: "Not", denied: { _tag: "IsNull", field: node.denied.field } }] }
    : node
