"""A day with openstacksdk: one process, since each start of a client takes longer than all that it does here.

Reads from standard input, as JSON: `people`, what openstack.connect() needs of each; `tag`, a prefix of names; `web`,
where a file lies for download; `is_reference`. Prints a line of JSON for each check: its name, and why it failed.
"""
import hashlib
import io
import json
import sys
import time

import openstack
from openstack import exceptions

asked = json.load(sys.stdin)
tag = asked['tag']
is_reference = asked['is_reference']


def connect(person):
    return openstack.connect(
        load_envvars=False,
        load_yaml_config=False,
        region_name='RegionOne',
        identity_api_version='3',
        user_domain_name='Default',
        project_domain_name='Default',
        **person,
    )


clouds = {name: connect(person) for name, person in asked['people'].items()}
member, admin, outsider = (clouds[name].image for name in ('member', 'admin', 'outsider'))
data = hashlib.sha256(tag.encode()).digest() * 4000
MD5 = hashlib.md5(data).hexdigest()
SHA512 = hashlib.sha512(data).hexdigest()


def check(name):
    """Runs the decorated function at once and tells what came of it; a failure does not stop the others."""

    def run(body):
        try:
            body()
            print(json.dumps({'name': f'sdk: {name}'}), flush=True)
        except Exception as error:
            reason = f'{type(error).__name__}: {error}'
            print(json.dumps({'name': f'sdk: {name}', 'reason': reason}), flush=True)

    return run


def equal(found, expected):
    if found != expected:
        raise AssertionError(f'{found!r} is not {expected!r}')


def refused(status, body):
    """The call must fail with this status."""
    try:
        body()
    except exceptions.HttpException as error:
        equal(error.status_code, status)
        return
    raise AssertionError(f'was not refused with {status}')


def answer(response):
    exceptions.raise_from_response(response)
    return response


def new_image(name, cloud=member, **fields):
    fields = {'disk_format': 'raw', 'container_format': 'bare', **fields}
    return cloud._create(openstack.image.v2.image.Image, name=f'{tag}-{name}', **fields)


def reached(image, status, cloud=member):
    for _ in range(300):
        shown = cloud.get_image(image.id)
        if shown.status == status:
            return shown
        time.sleep(0.1)
    raise AssertionError(f'{image.id} is {shown.status} instead of {status}')


def tasks_of(image, cloud=member):
    return answer(cloud.get(f'/images/{image.id}/tasks')).json()['tasks']


def task_ended(image, cloud=member):
    for _ in range(300):
        task = tasks_of(image, cloud)[0]
        if task['status'] in ('success', 'failure'):
            return task
        time.sleep(0.1)
    raise AssertionError(f'the task of {image.id} did not end')


def same_bytes(image, cloud=member):
    equal(cloud.download_image(image.id).content == data, True)
    shown = cloud.get_image(image.id)
    equal((shown.checksum, shown.hash_value, shown.size), (MD5, SHA512, len(data)))


def stores_of(image, cloud=member):
    return sorted(answer(cloud.get(f'/images/{image.id}')).json()['stores'].split(','))


def raw(image, cloud=member):
    return answer(cloud.get(f'/images/{image.id}')).json()


def ask(image, method, cloud=member, uri=None, **fields):
    """An import as import_image() asks for it, which does not tell of a refusal."""
    named = {'name': method} if uri is None else {'name': method, 'uri': uri}
    return answer(cloud.post(f'/images/{image.id}/import', json={'method': named, **fields}))


def staged(name, **fields):
    image = new_image(name, **fields)
    return member.stage_image(member.get_image(image.id), data=data)


# stores and what can be done ----------------------------------------------------------------------------------------
stores = {store['id']: store for store in answer(member.get('/info/stores')).json()['stores']}
usual = next(name for name, store in stores.items() if store.get('default') == 'true')
others = [name for name, store in stores.items() if name != usual and store.get('read-only') != 'true']
second = others[0]


@check('the stores, one of them the default')
def _():
    listed = list(member.stores())
    equal(sorted(store.id for store in listed), sorted(stores))
    equal([store.id for store in listed if store.is_default], [usual])


@check('the details of stores are an administrator’s')
def _():
    detail = answer(admin.get('/info/stores/detail')).json()['stores']
    equal({store['id']: store['type'] for store in detail}[usual], 'file')
    refused(403, lambda: answer(member.get('/info/stores/detail')))


@check('the ways to import')
def _():
    methods = answer(member.get('/info/import')).json()['import-methods']['value']
    equal(set(methods) >= {'glance-direct', 'web-download', 'copy-image'}, True)


@check('the schema of images names formats')
def _():
    properties = answer(member.get('/schemas/image')).json()['properties']
    equal('qcow2' in properties['disk_format']['enum'], True)


@check('usage tells of each limit, or of none where there are none')
def _():
    usage = answer(member.get('/info/usage')).json()['usage']
    names = ['image_count_total', 'image_count_uploading', 'image_size_total', 'image_stage_total']
    equal(sorted(usage) in ([], names), True)
    for told in usage.values():
        equal(sorted(told), ['limit', 'usage'])


# create, find, change -----------------------------------------------------------------------------------------------
made = member.create_image(f'{tag}-sdk', data=io.BytesIO(data), disk_format='raw', md5=MD5, sha256=SHA512, wait=True)


@check('create_image uploads, and the bytes come back')
def _():
    reached(made, 'active')
    same_bytes(made)


@check('download_image as a stream')
def _():
    digest = hashlib.md5()
    for chunk in member.download_image(made.id, stream=True).iter_content(chunk_size=10_000):
        digest.update(chunk)
    equal(digest.hexdigest(), MD5)


@check('find_image by name and by id')
def _():
    equal(member.find_image(f'{tag}-sdk').id, made.id)
    equal(member.find_image(made.id).name, f'{tag}-sdk')
    equal(member.find_image(f'{tag}-none'), None)


@check('images by name, status, visibility and size')
def _():
    def ids(**query):
        return [image.id for image in member.images(**query)]

    equal(ids(name=f'{tag}-sdk', status='active'), [made.id])
    equal(made.id in ids(visibility='shared', size_min=len(data), size_max=len(data)), True)
    equal(ids(name=f'{tag}-sdk', size_min=len(data) + 1), [])


@check('images in pages of two are all of them, once')
def _():
    extra = [new_image(f'page-{number}') for number in range(5)]
    names = [image.name for image in member.images(limit=2, sort='name:asc') if f'{tag}-page' in image.name]
    equal(names, [f'{tag}-page-{number}' for number in range(5)])
    for image in extra:
        member.delete_image(image.id)


@check('update_image changes attributes and properties')
def _():
    changed = member.update_image(made.id, name=f'{tag}-changed', min_ram=64, os_distro='debian')
    equal((changed.name, changed.min_ram, changed.os_distro), (f'{tag}-changed', 64, 'debian'))
    equal(raw(made)['os_distro'], 'debian')


@check('update_image_properties sets what is no attribute')
def _():
    clouds['member'].image.update_image_properties(image=member.get_image(made.id), meta={'x_custom': 'v'})
    equal(raw(made)['x_custom'], 'v')


@check('a property is removed by a JSON patch')
def _():
    headers = {'Content-Type': 'application/openstack-images-v2.1-json-patch'}
    patch = json.dumps([{'op': 'remove', 'path': '/x_custom'}])
    answer(member.patch(f'/images/{made.id}', data=patch, headers=headers))
    equal('x_custom' in raw(made), False)
    refused(409, lambda: answer(member.patch(f'/images/{made.id}', data=patch, headers=headers)))


@check('an attribute of the service is read-only: 403')
def _():
    refused(403, lambda: member.update_image(made.id, status='queued'))


# tags, hidden, protected, deactivated -------------------------------------------------------------------------------
@check('add_tag, also twice')
def _():
    member.add_tag(made.id, 'golden')
    member.add_tag(made.id, 'golden')
    equal(member.get_image(made.id).tags, ['golden'])


@check('images by tag')
def _():
    equal([image.id for image in member.images(tag='golden', name=f'{tag}-changed')], [made.id])
    equal(list(member.images(tag=f'{tag}-none')), [])


@check('remove_tag, and of one that is not there: 404')
def _():
    member.remove_tag(made.id, 'golden')
    equal(member.get_image(made.id).tags, [])
    refused(404, lambda: member.remove_tag(made.id, 'golden'))


@check('a hidden image is in no usual list, and found by is_hidden and by id')
def _():
    member.update_image(made.id, is_hidden=True)
    equal([image.id for image in member.images(name=f'{tag}-changed')], [])
    equal([image.id for image in member.images(name=f'{tag}-changed', is_hidden=True)], [made.id])
    equal(member.get_image(made.id).is_hidden, True)
    equal(member.find_image(f'{tag}-changed').id, made.id)
    member.update_image(made.id, is_hidden=False)
    equal([image.id for image in member.images(name=f'{tag}-changed')], [made.id])


@check('a protected image is not deleted: 403')
def _():
    member.update_image(made.id, is_protected=True)
    refused(403, lambda: member.delete_image(made.id))
    refused(403, lambda: admin.delete_image(made.id))
    member.update_image(made.id, is_protected=False)


@check('deactivate_image: its owner cannot download, an administrator can')
def _():
    member.deactivate_image(made.id)
    equal(member.get_image(made.id).status, 'deactivated')
    refused(403, lambda: answer(member.get(f'/images/{made.id}/file')))
    equal(answer(admin.get(f'/images/{made.id}/file')).content == data, True)


@check('reactivate_image')
def _():
    member.reactivate_image(made.id)
    same_bytes(made)


@check('deactivating a queued image: 403')
def _():
    image = new_image('queued')
    refused(403, lambda: answer(member.post(f'/images/{image.id}/actions/deactivate')))
    member.delete_image(image.id)


@check('a second upload to an active image: 409')
def _():
    headers = {'Content-Type': 'application/octet-stream'}
    refused(409, lambda: answer(member.put(f'/images/{made.id}/file', data=b'x', headers=headers)))
    same_bytes(made)


# members ------------------------------------------------------------------------------------------------------------
friend = clouds['outsider'].current_project_id


@check('add_member offers an image, a second time: 409')
def _():
    offer = member.add_member(made.id, member=friend)
    equal((offer.member_id, offer.status), (friend, 'pending'))
    refused(409, lambda: member.add_member(made.id, member=friend))


@check('members, of the owner and of the member')
def _():
    for cloud in (member, outsider):
        equal([(one.member_id, one.status) for one in cloud.members(made.id)], [(friend, 'pending')])


@check('update_member is the member’s alone, and decides what it lists')
def _():
    refused(403, lambda: member.update_member(friend, made.id, status='accepted'))
    for status in ('accepted', 'rejected', 'pending'):
        equal(outsider.update_member(friend, made.id, status=status).status, status)
        listed = [image.id for image in outsider.images(visibility='shared', member_status=status)]
        equal(made.id in listed, True)
        equal(made.id in [image.id for image in outsider.images()], status == 'accepted')


@check('a member downloads and changes nothing')
def _():
    same_bytes(made, outsider)
    refused(403, lambda: outsider.update_image(made.id, name='mine'))
    refused(403, lambda: outsider.delete_image(made.id))


@check('remove_member hides the image')
def _():
    member.remove_member(friend, made.id)
    equal(list(member.members(made.id)), [])
    refused(404, lambda: outsider.get_image(made.id))


@check('members of a private image: 403')
def _():
    member.update_image(made.id, visibility='private')
    refused(403, lambda: member.add_member(made.id, member=friend))
    member.update_image(made.id, visibility='shared')


# import -------------------------------------------------------------------------------------------------------------
@check('stage_image: the bytes wait')
def _():
    image = staged('staged')
    equal((image.status, image.size), ('uploading', len(data)))
    equal(answer(member.get(f'/images/{image.id}/file')).status_code, 204)
    member.delete_image(image.id)


@check('import_image of what was never staged: 409')
def _():
    image = new_image('unstaged')
    refused(409, lambda: ask(image, 'glance-direct'))
    member.delete_image(image.id)


@check('import_image glance-direct, to the default store')
def _():
    image = staged('direct')
    member.import_image(image)
    reached(image, 'active')
    same_bytes(image)
    equal(stores_of(image), [usual])
    member.delete_image(image.id)


@check('import_image to a store by its id')
def _():
    image = staged('one-store')
    member.import_image(image, store=second)
    reached(image, 'active')
    equal(stores_of(image), [second])
    member.delete_image(image.id)


@check('import_image to several stores, all of which must have it')
def _():
    image = staged('stores')
    member.import_image(image, stores=[second, usual], all_stores_must_succeed=True)
    reached(image, 'active')
    equal(stores_of(image), sorted([second, usual]))
    shown = raw(image)
    equal((shown['os_glance_importing_to_stores'], shown['os_glance_failed_import']), ('', ''))
    same_bytes(image)
    member.delete_image(image.id)


@check('import_image to all stores')
def _():
    image = staged('all-stores')
    member.import_image(image, all_stores=True)
    reached(image, 'active')
    equal(stores_of(image), sorted(name for name, store in stores.items() if store.get('read-only') != 'true'))
    member.delete_image(image.id)


@check('import_image to an unknown store: 409, and the staged bytes stay')
def _():
    image = staged('unknown')
    refused(409, lambda: ask(image, 'glance-direct', stores=['nosuch']))
    equal(member.get_image(image.id).status, 'uploading')
    member.delete_image(image.id)


@check('create_image with use_import')
def _():
    image = member.create_image(
        f'{tag}-imported', data=io.BytesIO(data), disk_format='raw', use_import=True, wait=True
    )
    reached(image, 'active')
    same_bytes(image)
    member.delete_image(image.id)


if not is_reference:

    @check('import_image web-download')
    def _():
        image = new_image('web')
        member.import_image(image, method='web-download', uri=asked['web'] + '/file')
        shown = reached(image, 'active')
        equal(shown.checksum, hashlib.md5(b'from the web').hexdigest())
        equal(member.download_image(image.id).content, b'from the web')
        member.delete_image(image.id)

    @check('a web-download that fails: the image is queued again and the task says why')
    def _():
        image = new_image('web-gone')
        member.import_image(image, method='web-download', uri=asked['web'] + '/gone')
        task = task_ended(image)
        equal(task['status'], 'failure')
        equal('404' in task['message'], True)
        equal(reached(image, 'queued').size, None)
        equal(raw(image)['os_glance_failed_import'], usual)
        member.delete_image(image.id)


@check('a web-download that the filter refuses: 400')
def _():
    image = new_image('web-denied')
    refused(400, lambda: ask(image, 'web-download', uri='file:///etc/passwd'))
    equal(member.get_image(image.id).status, 'queued')
    member.delete_image(image.id)


@check('copy-image is an administrator’s')
def _():
    refused(403, lambda: ask(made, 'copy-image', stores=[second]))


@check('copy-image to another store, where the bytes are the same')
def _():
    admin.import_image(admin.get_image(made.id), method='copy-image', store=second)
    equal(task_ended(made, admin)['status'], 'success')
    equal(stores_of(made), sorted([usual, second]))
    same_bytes(made)


@check('copy-image to a store that has it: 400')
def _():
    refused(400, lambda: ask(made, 'copy-image', cloud=admin, stores=[second]))


@check('copy-image to all stores, when they have it already')
def _():
    admin.import_image(admin.get_image(made.id), method='copy-image', all_stores=True)
    equal(stores_of(made), sorted([usual, second]))


# tasks --------------------------------------------------------------------------------------------------------------
@check('the tasks of an image tell what was asked and what came of it')
def _():
    task = tasks_of(made, admin)[0]
    equal((task['type'], task['status'], task['image_id']), ('api_image_import', 'success', made.id))
    equal(task['input']['import_req']['method']['name'], 'copy-image')
    equal(task['request_id'].startswith('req-'), True)


@check('a member is not told of tasks that an administrator asked for')
def _():
    equal(tasks_of(made), [])
    refused(404, lambda: tasks_of(made, outsider))


@check('tasks and get_task are an administrator’s')
def _():
    wanted = tasks_of(made, admin)[0]['id']
    equal(wanted in [task.id for task in admin.tasks()], True)
    equal(admin.get_task(wanted).status, 'success')
    refused(403, lambda: list(member.tasks()))
    refused(403, lambda: member.get_task(wanted))


# delete from a store ------------------------------------------------------------------------------------------------
@check('deleting from one store is an administrator’s')
def _():
    refused(403, lambda: answer(member.delete(f'/stores/{usual}/{made.id}')))


@check('deleting from one store leaves the other')
def _():
    equal(answer(admin.delete(f'/stores/{usual}/{made.id}')).status_code, 204)
    equal(stores_of(made), [second])
    same_bytes(made)


@check('deleting from the last store: 403')
def _():
    refused(403, lambda: answer(admin.delete(f'/stores/{second}/{made.id}')))
    same_bytes(made)


# delete -------------------------------------------------------------------------------------------------------------
@check('delete_image of another project’s image: 404')
def _():
    refused(404, lambda: outsider.delete_image(made.id, ignore_missing=False))


@check('delete_image, and a second time: 404')
def _():
    member.delete_image(made.id)
    equal(member.find_image(made.id), None)
    refused(404, lambda: member.delete_image(made.id, ignore_missing=False))


@check('an id is never used again: 409')
def _():
    refused(409, lambda: new_image('again', id=made.id))
