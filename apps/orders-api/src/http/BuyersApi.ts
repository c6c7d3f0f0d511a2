/** The endpoints for customers as sales sees them: a model of its own, of what the customers context says. */
import { BuyerDescription, Buyers } from "@eventfold/domain-ordering"
import { CustomerId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiError, HttpApiGroup, OpenApi } from "effect/http-api"
import { BuyerDetail } from "../queries/BuyerQueries.ts"
import { about } from "./About.ts"
import { oneAtVersion } from "./OneAtVersion.ts"
import * as Problems from "./Problems.ts"
import { fresh, pageFields, pageQuery, ReadHeaders } from "./ReadRequests.ts"
import { OneHeaders } from "./RequestHeaders.ts"
import { ServedBy } from "./ServedBy.ts"

/** Sales has not heard of a customer with this id. */
export class UnknownBuyer extends HttpApiError.Problem<UnknownBuyer>()(
  "UnknownBuyer",
  { type: Problems.problemType("buyer-not-found"), status: 404, title: "Sales has not heard of this customer" },
  { customerId: CustomerId }
) {}

/** A page of customers as sales sees them. */
export const BuyerPage = Schema.Struct({ buyers: Schema.Array(Buyers.BuyerRow), ...pageFields }).annotate({
  identifier: "BuyerPage",
  description: "A page of customers as sales sees them"
})

/** The endpoints for customers as sales sees them. */
export class BuyersApi extends HttpApiGroup.make("buyers")
  .add(
    HttpApiEndpoint.get("list", "/buyers", {
      query: { kind: Schema.optionalKey(BuyerDescription.BuyerKind), ...pageQuery },
      headers: ReadHeaders,
      success: fresh(BuyerPage)
    }).annotateMerge(
      about("Customers as sales sees them", "By their ids; all, or those who buy for a company, or for themselves.")
    ),
    HttpApiEndpoint.get("get", "/buyers/:id", {
      params: { id: CustomerId },
      headers: OneHeaders,
      success: oneAtVersion(BuyerDetail),
      error: UnknownBuyer
    }).annotateMerge(
      about(
        "One customer as sales sees them",
        "Whom to address and where goods go, as the customers context has told. Gone when the customer is forgotten."
      )
    )
  )
  .annotate(ServedBy, "ordering")
  .annotateMerge(OpenApi.annotations({ title: "Buyers" })) {}
