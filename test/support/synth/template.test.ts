import { Template } from './template';

const template = new Template(
  JSON.stringify({
    ephemeral: { random_password: { p: { length: 1 } } },
    data: { aws_eks_cluster: { c: { name: 'x' } } },
    resource: {
      aws_db_instance: { db: { a: '${data.aws_eks_cluster.c.id}-${aws_db_subnet_group.gone.name}' } },
      aws_iam_role: {
        one: { depends_on: ['aws_db_instance.db'], text: '$${aws_iam_role.literal}' },
        two: { wo: '${jsonencode({"p" = ephemeral.random_password.p.result, "aws_iam_role.quoted" = 1})}' },
      },
    },
  }),
);

describe('the template helper', () => {
  it('finds references that lead nowhere', () => {
    expect(template.unresolvedReferences()).toEqual(['aws_db_subnet_group.gone']);
  });

  it('follows references and dependencies', () => {
    const before = [...template.prerequisites('aws_iam_role.one')].sort();
    expect(before).toEqual(['aws_db_instance.db', 'aws_db_subnet_group.gone', 'data.aws_eks_cluster.c']);
    expect([...template.prerequisites('aws_iam_role.two')]).toEqual(['ephemeral.random_password.p']);
  });

  it('refuses to choose', () => {
    expect(() => template.resource('aws_iam_role')).toThrow('expected one aws_iam_role, found 2');
    expect(() => template.resource('aws_s3_bucket')).toThrow('found 0');
    expect(template.inventory()).toEqual(['aws_db_instance', 'aws_iam_role', 'aws_iam_role']);
  });
});
