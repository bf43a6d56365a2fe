// Prints the errors and warnings of AsyncAPI's parser for the document on standard input. References are resolved from the
// given folder.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Parser } from "@asyncapi/parser";

const source = join(process.argv[2], "asyncapi.yaml");
const { document, diagnostics } = await new Parser().parse(readFileSync(0, "utf8"), { source });
for (const { severity, path, message } of diagnostics.filter((diagnostic) => diagnostic.severity <= 1)) {
  console.log(`${["error", "warning"][severity]} ${path.join(".")}: ${message}`);
}
if (document) {
  const all = document.allOperations().all().map((operation) => `${operation.action()} ${operation.id()}`);
  console.error(`AsyncAPI ${document.version()}: ${all.join(", ")}`);
}
