-- What somebody has read belongs to their membership, which is the business's own, and not to the person, who may have
-- several.
delete from staff_bell b
where not exists (select 1 from staff_member m where m.business_id = b.business_id and m.staff_id = b.staff_id);
alter table staff_bell drop constraint staff_bell_staff_id_fkey;
alter table staff_bell add constraint staff_bell_member_fkey
    foreign key (business_id, staff_id) references staff_member (business_id, staff_id) on delete cascade;
