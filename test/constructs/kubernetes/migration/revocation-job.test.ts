import {
  ADMIN_REFRESH_SECONDS,
  BACKOFF_LIMIT,
  DEADLINE_SECONDS,
  PROPAGATION_SECONDS,
  retryDelaySeconds,
  WAIT_MINUTES,
} from '../../../../contract/postgres/job';
import { jobOf } from '../../../support/postgres/job';
import { minimal, parsed, synthesize } from '../../../support/synth/environments';
import type { Block } from '../../../support/synth/template';

describe('the Job that revokes previous logins', () => {
  const { workload } = synthesize(parsed(minimal()));
  const job = jobOf(workload, 'revoke');
  const pod = job.spec.template.spec;

  it('holds the administrator and the URLs of the API, and nothing else', () => {
    expect(pod.init_container).toEqual([]);
    expect(pod.container).toHaveLength(1);
    expect(pod.container[0]).toMatchObject({
      image: 'postgres:16',
      command: ['bash', '/contract/run.sh', 'revoke'],
      security_context: { run_as_non_root: true, read_only_root_filesystem: true, capabilities: { drop: ['ALL'] } },
    });
    const secrets = pod.container[0].env.map((variable: Block) => variable.value_from.secret_key_ref);
    expect(secrets).toEqual([
      { name: 'agent-bom-admin', key: 'ALEMBIC_DATABASE_URL' },
      { name: 'agent-bom-app-g1', key: 'AGENT_BOM_POSTGRES_URL' },
      { name: 'agent-bom-maintenance-g1', key: 'AGENT_BOM_POSTGRES_MAINTENANCE_URL' },
    ]);
  });

  it('is waited for, gives up before the wait does, and stays', () => {
    expect(job.wait_for_completion).toBe(true);
    expect(job.spec).toMatchObject({ backoff_limit: 6, active_deadline_seconds: 1890 });
    expect(job.timeouts).toEqual({ create: '37m', update: '37m', delete: '5m' });
    expect(job.spec).not.toHaveProperty('ttl_seconds_after_finished');
    expect(pod.restart_policy).toBe('Never');
  });

  it('is another Job in the next generation', () => {
    const name = (secrets: object) =>
      jobOf(synthesize(parsed({ ...minimal(), secrets })).workload, 'revoke').metadata.generate_name;
    expect(job.metadata.generate_name).toMatch(/^agent-bom-revoke-[0-9a-f]{10}-$/);
    expect(name({ generation: 1 })).toBe(job.metadata.generate_name);
    expect(name({ generation: 2 })).not.toBe(job.metadata.generate_name);
  });
});

describe('the patience of the migration Job', () => {
  it('doubles from ten seconds, up to six minutes', () => {
    expect([0, 1, 2, 3, 6, 7].map(retryDelaySeconds)).toEqual([0, 10, 30, 70, 630, 990]);
  });

  it('outlasts the rotation of the administrator, with one try less than it has', () => {
    const stale = ADMIN_REFRESH_SECONDS + PROPAGATION_SECONDS;
    expect(retryDelaySeconds(BACKOFF_LIMIT)).toBeGreaterThan(stale);
    expect(retryDelaySeconds(BACKOFF_LIMIT - 1)).toBeLessThan(stale);
  });

  it('leaves time for the migrations after the last retry, and Terraform waits for the end', () => {
    expect(DEADLINE_SECONDS - retryDelaySeconds(BACKOFF_LIMIT)).toBeGreaterThanOrEqual(30 * 60);
    expect(WAIT_MINUTES * 60).toBeGreaterThan(DEADLINE_SECONDS);
  });
});
