-- Hidden images are few and are counted with every page of the catalog; this index holds them alone.
CREATE INDEX "Image_hidden" ON "Image"("createdAt", "id") WHERE "isHidden";

-- Like all other ids. With another collation than "Image"."id" no index on it could be used in a join.
ALTER TABLE "ImageSearch" ALTER COLUMN "imageId" TYPE TEXT COLLATE "C";
