// Prints what would keep the templates from being deployed, a line each.
import { RegoEngine, TemplateFile } from "@aws/cloudformation-validate";

const engine = new RegoEngine();
for (const file of process.argv.slice(2)) {
  for (const found of engine.validateStandard(new TemplateFile(file)).diagnostics) {
    // W3030 is a value that its property does not take.
    if (["FATAL", "ERROR"].includes(found.severity) || found.ruleId === "W3030") {
      console.log(`${found.ruleId} ${found.entity?.logicalId} ${found.propertyPath}: ${found.message}`);
    }
  }
}
engine.free();
