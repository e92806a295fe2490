/** What is put into a name for each machine, as the library does it for a fleet. The date is of UTC. */
export function nameFor(template: string, machineName: string): string {
  const date = new Date().toISOString().slice(0, 10);
  // In one go: a machine may be named "{date}".
  return template.replace(/\{(machine|date)\}/g, (_, word) => (word === "date" ? date : machineName));
}
