#!/usr/bin/env bash
# Runs the unmodified openstack client against the built-in identity and counts what passed.
# Wants OS_AUTH_URL and the administrator's OS_* variables; leaves nothing behind.
set -u
tag=e2e-$$-$RANDOM
pass=0 fail=0
folder=$(mktemp -d)
password='first secret'

ok() { pass=$((pass + 1)); }
bad() { fail=$((fail + 1)); printf 'FAIL %s\n%s\n' "$1" "$2"; }

# check NAME COMMAND...: must succeed
check() {
  local name=$1 output; shift
  if output=$("$@" 2>&1); then ok; else bad "$name" "$output"; fi
}
# shows NAME PATTERN COMMAND...: must succeed and print the pattern
shows() {
  local name=$1 pattern=$2 output; shift 2
  if output=$("$@" 2>&1) && grep -qE -- "$pattern" <<<"$output"; then ok; else bad "$name" "$output"; fi
}
# refuses NAME PATTERN COMMAND...: must fail and print the pattern
refuses() {
  local name=$1 pattern=$2 output; shift 2
  if output=$("$@" 2>&1); then bad "$name (did not fail)" "$output"
  elif grep -qE -- "$pattern" <<<"$output"; then ok; else bad "$name" "$output"; fi
}
# lacks NAME PATTERN COMMAND...: must succeed and not print the pattern
lacks() {
  local name=$1 pattern=$2 output; shift 2
  if output=$("$@" 2>&1) && ! grep -qE -- "$pattern" <<<"$output"; then ok; else bad "$name" "$output"; fi
}
clean() { env -i PATH="$PATH" HOME="$folder" "$@"; }
as_user() {
  clean OS_AUTH_URL="$OS_AUTH_URL" OS_USERNAME="$tag-user" OS_PASSWORD="$password" OS_USER_DOMAIN_NAME=Default \
    OS_PROJECT_NAME="$tag-project" OS_PROJECT_DOMAIN_NAME=Default OS_IDENTITY_API_VERSION=3 "$@"
}

shows 'token issue' 'project_id' openstack token issue
shows 'catalog list' 'glance.*image' openstack catalog list
shows 'catalog show' 'public' openstack catalog show image
shows 'versions' 'identity' openstack versions show --service identity

check 'domain create' openstack domain create --description 'a test' "$tag-domain"
shows 'domain show' 'a test' openstack domain show "$tag-domain"
check 'domain set' openstack domain set --description changed "$tag-domain"
shows 'domain list' "$tag-domain" openstack domain list

check 'project create' openstack project create --domain default --description 'a test' "$tag-project"
refuses 'project create twice' '409|Conflict' openstack project create --domain default "$tag-project"
shows 'project show' 'a test' openstack project show "$tag-project"
check 'project set' openstack project set --description changed "$tag-project"
shows 'project list' "$tag-project" openstack project list --long
check 'project create in another domain' openstack project create --domain "$tag-domain" "$tag-other"
shows 'project list of a domain' "$tag-other" openstack project list --domain "$tag-domain"

check 'user create' openstack user create --domain default --project "$tag-project" --password "$password" \
  --email a@example.org --description 'a test' "$tag-user"
shows 'user show' 'a@example.org' openstack user show "$tag-user"
check 'user set' openstack user set --email b@example.org "$tag-user"
shows 'user list' 'b@example.org' openstack user list --long
refuses 'sign-in without a role' '401' as_user openstack token issue

check 'role create' openstack role create --description 'a test' "$tag-role"
shows 'role show' "$tag-role" openstack role show "$tag-role"
check 'role set' openstack role set --name "$tag-role2" "$tag-role"
shows 'role list' "$tag-role2" openstack role list
check 'role add on a project' openstack role add --user "$tag-user" --project "$tag-project" member
check 'role add on a domain' openstack role add --user "$tag-user" --domain "$tag-domain" reader
check 'role add on the system' openstack role add --user "$tag-user" --system all reader
shows 'role assignment list with names' "member.*$tag-user@Default.*$tag-project@Default" openstack role assignment list --names
shows 'role assignment list of a user' "$tag-project" openstack role assignment list --names --user "$tag-user"
shows 'role assignment list effective' 'reader' \
  openstack role assignment list --names --effective --user "$tag-user" --project "$tag-project"
shows 'role assignment list of the system' "$tag-user" openstack role assignment list --names --system all

shows 'implied role list' 'admin.*member' openstack implied role list
check 'implied role create' openstack implied role create --implied-role reader "$tag-role2"
check 'implied role delete' openstack implied role delete --implied-role reader "$tag-role2"

shows 'sign-in to a project' 'project_id' as_user openstack token issue
shows 'sign-in to the system' 'system.*all' \
  clean OS_AUTH_URL="$OS_AUTH_URL" OS_USERNAME="$tag-user" OS_PASSWORD="$password" OS_USER_DOMAIN_NAME=Default \
  OS_SYSTEM_SCOPE=all OS_IDENTITY_API_VERSION=3 openstack token issue
shows 'sign-in to a domain' 'domain_id' \
  clean OS_AUTH_URL="$OS_AUTH_URL" OS_USERNAME="$tag-user" OS_PASSWORD="$password" OS_USER_DOMAIN_NAME=Default \
  OS_DOMAIN_NAME="$tag-domain" OS_IDENTITY_API_VERSION=3 openstack token issue
shows 'own projects' "$tag-project" as_user openstack project list --my-projects
refuses 'a member lists users' '403|Forbidden' as_user openstack user list
refuses 'a member makes a project' '403|Forbidden' as_user openstack project create nope

token=$(as_user openstack token issue -f value -c id)
shows 'sign-in with a token' 'project_id' \
  clean OS_AUTH_URL="$OS_AUTH_URL" OS_AUTH_TYPE=token OS_TOKEN="$token" OS_PROJECT_NAME="$tag-project" \
  OS_PROJECT_DOMAIN_NAME=Default OS_IDENTITY_API_VERSION=3 openstack token issue
check 'token revoke' openstack token revoke "$token"
refuses 'a revoked token' '401' \
  clean OS_AUTH_URL="$OS_AUTH_URL" OS_AUTH_TYPE=token OS_TOKEN="$token" OS_PROJECT_NAME="$tag-project" \
  OS_PROJECT_DOMAIN_NAME=Default OS_IDENTITY_API_VERSION=3 openstack token issue

secret=$(as_user openstack application credential create -f value -c secret --role member "$tag-credential")
id=$(as_user openstack application credential show -f value -c id "$tag-credential")
with_credential() {
  clean OS_AUTH_URL="$OS_AUTH_URL" OS_AUTH_TYPE=v3applicationcredential OS_IDENTITY_API_VERSION=3 \
    OS_APPLICATION_CREDENTIAL_ID="$id" OS_APPLICATION_CREDENTIAL_SECRET="$secret" "$@"
}
shows 'application credential list' "$tag-credential" as_user openstack application credential list
shows 'sign-in with it' 'project_id' with_credential openstack token issue
refuses 'it makes no other' '403|Forbidden' with_credential openstack application credential create nope
check 'application credential delete' as_user openstack application credential delete "$tag-credential"
refuses 'sign-in with a deleted one' '401' with_credential openstack token issue

mkdir -p "$folder/.config/openstack"
cat >"$folder/.config/openstack/clouds.yaml" <<YAML
clouds:
  test:
    auth:
      auth_url: $OS_AUTH_URL
      username: $tag-user
      password: "$password"
      project_name: $tag-project
      user_domain_name: Default
      project_domain_name: Default
    identity_api_version: 3
YAML
shows 'sign-in by clouds.yaml' 'project_id' clean OS_CLOUD=test openstack token issue

check 'user password set' as_user openstack user password set --original-password "$password" --password 'second secret'
refuses 'the former password' '401' as_user openstack token issue
password='second secret'
shows 'the new password' 'project_id' as_user openstack token issue
check 'user set --disable' openstack user set --disable "$tag-user"
refuses 'a disabled user' '401' as_user openstack token issue
check 'user set --enable' openstack user set --enable "$tag-user"

check 'service create' openstack service create --name "$tag-service" --description 'a test' volumev3
shows 'service list' "$tag-service" openstack service list --long
check 'service set' openstack service set --description changed "$tag-service"
shows 'service show' changed openstack service show "$tag-service"
check 'region create' openstack region create "$tag-region"
shows 'region list' "$tag-region" openstack region list
endpoint=$(openstack endpoint create -f value -c id --region "$tag-region" "$tag-service" public 'http://127.0.0.1:1/v3/%(project_id)s')
shows 'endpoint list' "$tag-service" openstack endpoint list
shows 'catalog with a placeholder' '127.0.0.1:1/v3/[0-9a-f]{32}' as_user openstack catalog show "$tag-service"
check 'endpoint set' openstack endpoint set --disable "$endpoint"
shows 'endpoint show' 'False' openstack endpoint show "$endpoint"
check 'endpoint delete' openstack endpoint delete "$endpoint"
check 'region delete' openstack region delete "$tag-region"
check 'service delete' openstack service delete "$tag-service"
check 'limit list' openstack limit list
check 'registered limit list' openstack registered limit list

check 'role remove' openstack role remove --user "$tag-user" --project "$tag-project" member
refuses 'sign-in after role remove' '401' as_user openstack token issue
check 'role delete' openstack role delete "$tag-role2"
check 'user delete' openstack user delete "$tag-user"
lacks 'user is gone' "$tag-user" openstack user list
check 'project delete' openstack project delete "$tag-project"
refuses 'domain delete while enabled' '403|Forbidden' openstack domain delete "$tag-domain"
check 'domain set --disable' openstack domain set --disable "$tag-domain"
check 'domain delete' openstack domain delete "$tag-domain"
lacks 'its projects are gone' "$tag-other" openstack project list

rm -rf "$folder"
printf 'identity clients: %d passed, %d failed\n' "$pass" "$fail"
[ "$fail" = 0 ]
