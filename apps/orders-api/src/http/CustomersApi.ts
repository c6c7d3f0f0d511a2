/** The endpoints for customers: what each takes, answers and refuses. Versions, idempotency and problems are as for orders. */
import { CustomerCommands } from "@eventfold/domain-customers"
import { CustomerId } from "@eventfold/shared-kernel"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { CustomerDetail } from "../queries/CustomerQueries.ts"
import { about } from "./About.ts"
import * as CommandEndpoint from "./CommandEndpoint.ts"
import * as Bodies from "./CustomerBodies.ts"
import { CustomerRefusedProblem, EmailUnavailable, UnknownCustomer } from "./CustomerProblems.ts"
import { oneAtVersion } from "./OneAtVersion.ts"
import { OneHeaders } from "./RequestHeaders.ts"
import { ServedBy } from "./ServedBy.ts"

const customer = { id: CustomerId }

const CustomerAnswer = CustomerCommands.CustomerAnswer.annotate({ description: "Where the customer stands now" })

const command = CommandEndpoint.command(CustomerAnswer, UnknownCustomer, CustomerRefusedProblem)
const claiming = CommandEndpoint.command(CustomerAnswer, UnknownCustomer, CustomerRefusedProblem, EmailUnavailable)

/** The endpoints for customers. */
export class CustomersApi extends HttpApiGroup.make("customers")
  .add(
    HttpApiEndpoint.post("register", "/customers", {
      ...claiming,
      payload: Bodies.RegisterCustomer,
      success: CommandEndpoint.created(CustomerAnswer)
    }).annotateMerge(
      about(
        "Register a customer",
        "Choose the customer's id, or leave it out: then it is derived from the Idempotency-Key, so that a repetition names the same customer. An e-mail address is one customer's at the most. Until it is known whose it is, the status is requested."
      )
    ),
    HttpApiEndpoint.put("changeProfile", "/customers/:id/profile", {
      params: customer,
      payload: Bodies.ChangeProfile,
      ...command
    }).annotateMerge(about("Put another profile in the place of the one there is")),
    HttpApiEndpoint.put("changeEmail", "/customers/:id/email", {
      params: customer,
      payload: Bodies.ChangeEmail,
      ...claiming
    }).annotateMerge(
      about("Change the e-mail address", "The customer keeps the one they have until the other one is theirs.")
    ),
    HttpApiEndpoint.get("get", "/customers/:id", {
      params: customer,
      headers: OneHeaders,
      success: oneAtVersion(CustomerDetail),
      error: UnknownCustomer
    }).annotateMerge(about("One customer as they are now", "Read from their events: always up to date."))
  )
  .annotate(ServedBy, "customers")
  .annotateMerge(OpenApi.annotations({ title: "Customers" })) {}
