import type { BatchJobRequest, Inquiry, InquiryFinding, QueueAnswer } from '../dialect.ts';
import { fine, noAnswer, refused, shown } from '../inquiries.ts';

const subject = 'this machine';

/** Whether the machine is as big as a job; nobody counts how many jobs it has. */
export const inquiry = (request: BatchJobRequest): Inquiry => ({
  commands: [
    {
      program: 'sh',
      arguments: ['-c', 'getconf _NPROCESSORS_ONLN && sed -n "s/^MemTotal: *//p" /proc/meminfo'],
    },
  ],
  judge: ([answer]) => [judged(request, answer)],
});

function judged({ cpus, memMb }: BatchJobRequest, answer: QueueAnswer | undefined): InquiryFinding {
  const [, cores, kibibytes] = /^(\d{1,6})\n(\d{1,15}) kB\n$/.exec(answer?.stdout ?? '') ?? [];
  if (answer?.exitCode !== 0 || cores === undefined || kibibytes === undefined)
    return noAnswer(subject, answer, () => undefined);
  const there = { cpus: Number(cores), memMb: Number(kibibytes) / 1024 };
  const text = `has ${shown.cpus(there.cpus)} and ${shown.memMb(there.memMb)}`;
  if (cpus <= there.cpus && memMb <= there.memMb) return fine(subject, text);
  return refused(subject, {
    kind: 'configuration',
    text: `this machine ${text}, and this job asks for ${shown.cpus(cpus)} and ${shown.memMb(memMb)}`,
    advice: 'ask for less: agents would offer what is not there',
  });
}
