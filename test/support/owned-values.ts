import { type OwnedValueSettings, ownedValues } from '../../contract/product/chart';

/** What the contract decides about a release of two pods. */
export const OWNED_SETTINGS: OwnedValueSettings = {
  environmentName: 'prod',
  chartVersion: '0.102.0',
  databaseProvider: 'aws-rds',
  appSecretName: 'app',
  maintenanceSecretName: 'maintenance',
  adminSecretName: 'admin',
  controlPlaneSecretName: 'keys',
  trustBundleName: 'ca',
  replicas: 2,
  poolMinimum: 5,
  poolMaximum: 20,
  trustedProxyIssuer: 'issuer',
  images: {},
};

/** The values that the contract owns in a release of two pods. */
export const OWNED = ownedValues(OWNED_SETTINGS);
