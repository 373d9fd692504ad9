import { parseAllDocuments } from 'yaml';
import { CONTROL_PLANE_KEYS, secretManifest } from '../../../contract/product/required-secrets';
import { minimal, parsed } from '../../support/synth/environments';
import type { Block } from '../../support/synth/template';

const secrets = { delivery: 'existing', generation: 2 };

const documents = (content: object): Block[] => {
  const all = parseAllDocuments(secretManifest(parsed({ ...minimal(), secrets, ...content })));
  return [...all].map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS();
  });
};

describe('the manifest of Secrets that another team creates', () => {
  it('has every Secret with every key', () => {
    expect(documents({}).map(({ metadata, stringData }) => [metadata.name, Object.keys(stringData)])).toEqual([
      ['agent-bom-app-g2', ['AGENT_BOM_POSTGRES_URL']],
      ['agent-bom-maintenance-g2', ['AGENT_BOM_POSTGRES_MAINTENANCE_URL']],
      ['agent-bom-backup-g2', ['AGENT_BOM_POSTGRES_BACKUP_URL']],
      ['agent-bom-admin', ['ALEMBIC_DATABASE_URL']],
      ['agent-bom-control-plane', CONTROL_PLANE_KEYS.map(({ environmentVariable }) => environmentVariable)],
    ]);
    for (const document of documents({ namespace: 'bom' })) {
      expect(document).toMatchObject({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { namespace: 'bom' },
        type: 'Opaque',
      });
    }
  });

  it('has no value: Kubernetes takes texts alone, and each of these is a list', () => {
    for (const { stringData } of documents({})) {
      for (const value of Object.values<Block>(stringData)) expect(value).toEqual([expect.stringMatching(/^<.*>$/)]);
    }
  });

  it('names the login of the generation, and what its source is called', () => {
    const [app] = documents({});
    expect(app.stringData.AGENT_BOM_POSTGRES_URL[0]).toMatch(
      /^<postgresql:\/\/agent_bom_app_b:<percent-encoded password>@/,
    );
    expect(app.stringData.AGENT_BOM_POSTGRES_URL[0]).toContain('?sslmode=verify-full&sslrootcert=/etc/agent-bom/');
    const text = secretManifest(parsed({ ...minimal(), secrets }));
    for (const source of ['prod/agent-bom/app', 'prod/agent-bom/control-plane', 'admin_secret_arn']) {
      expect(text).toContain(source);
    }
  });

  it('asks for what the environment file refers to, each Secret once', () => {
    const authentication = {
      apiKeys: { secretName: 'ours', key: 'api' },
      scim: { bearerToken: { secretName: 'ours', key: 'scim' } },
    };
    const found = documents({ authentication, secrets: { ...secrets, controlPlane: { secretName: 'ours' } } });
    expect(found.map(({ metadata }) => metadata.name)).toEqual([
      'agent-bom-app-g2',
      'agent-bom-maintenance-g2',
      'agent-bom-backup-g2',
      'agent-bom-admin',
      'ours',
    ]);
    expect(Object.keys(found[4].stringData)).toEqual(
      expect.arrayContaining(['api', 'scim', 'AGENT_BOM_AUDIT_HMAC_KEY']),
    );
  });

  it('says for an existing server where it is, and nothing of what only a new one has', () => {
    const existing = { host: 'db.example.com', port: 5444, database: 'control_plane' };
    const database = { existing, engine: '16', maxConnections: 400, caBundleFile: 'ca.pem' };
    const text = secretManifest(parsed({ ...minimal(), secrets, database }));
    expect(text).not.toMatch(/Secrets Manager|output|RDS/);
    const urls = text.match(/postgresql:\/\/\S+/g) ?? [];
    expect(urls).toHaveLength(4);
    for (const url of urls) expect(url).toMatch(/^postgresql:\/\/[\w<>]+:<percent-encoded$/);
    expect(text.match(/password>@db\.example\.com:5444\/control_plane\?/g)).toHaveLength(4);
    expect(text).toContain('postgresql://<administrator>:');
  });

  it('is the same each time', () => {
    const environment = parsed({ ...minimal(), secrets });
    expect(secretManifest(environment)).toBe(secretManifest(environment));
  });
});
